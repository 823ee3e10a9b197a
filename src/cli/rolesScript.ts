import type { Target } from '../domain/target.js'
import type { Door } from './door.js'

/** Says to people, beside the script, what to do with it: the script itself is all of standard output. */
export function tellHowToUse({ name, place }: Target, { json, quiet, notice }: Door): void {
  if (json || quiet) return
  const mongosh = 'mongosh --authenticationDatabase admin --username ADMINISTRATOR --file'
  const run =
    place.kind === 'service'
      ? [
          `docker compose cp ops-users.js ${place.service}:/tmp/ops-users.js`,
          `docker compose exec ${place.service} ${mongosh} /tmp/ops-users.js`,
        ]
      : place.kind === 'container'
        ? [
            `docker cp ops-users.js ${place.container}:/tmp/ops-users.js`,
            `docker exec --interactive --tty ${place.container} ${mongosh} /tmp/ops-users.js`,
          ]
        : [`${mongosh} ops-users.js "mongodb://HOST:27017/"`]
  for (const line of [`ops doctor --roles --target ${name} > ops-users.js`, ...run])
    notice(`→ ${line}`)
  notice('Then let ops sign in as one of them: credentials of the target in ops.yaml.')
}
