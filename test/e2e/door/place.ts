import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with a configuration that is valid, and whose servers are not there: enough for the door. */
export async function emptyPlace(targets: readonly string[] = ['medical']) {
  const folder = await mkdtemp(join(tmpdir(), 'ops-door-'))
  const state = join(folder, 'state')
  await mkdir(state, { mode: 0o700 })
  const described = targets.map(
    (name) => `  ${name}:\n    container: ops-door-nowhere-${name}\n    databases: [records]\n`,
  )
  await writeFile(
    join(folder, 'ops.yaml'),
    `version: 1\nname: door\ntargets:\n${described.join('')}backup:\n  shelf: ./shelf\n`,
    { mode: 0o600 },
  )
  return { folder, state, remove: () => rm(folder, { recursive: true, force: true }) }
}
