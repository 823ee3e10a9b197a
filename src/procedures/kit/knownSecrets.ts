import type { SecretReference } from '../../domain/secret.js'
import type { Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { World } from '../../ports/world.js'
import type { KnownSecret } from './withoutSecrets.js'

const secretName = /pass|secret|token|credential|key|_pw$/i

/** Values that must be in no kit: what targets sign in with, and what services are given under a telling name. */
export async function knownSecrets(
  targets: readonly Target[],
  project: ComposeProject | undefined,
  world: World,
): Promise<readonly KnownSecret[]> {
  const references = targets.flatMap(({ name, place, credentials }) => [
    ...(credentials ? [{ name: `${name}_PASSWORD`, reference: credentials.password }] : []),
    ...(place.kind === 'server' ? [{ name: `${name}_URI`, reference: place.uri }] : []),
  ])
  const resolved = await Promise.all(
    references.map(async ({ name, reference }) => {
      const value = (await world.secrets.resolve(reference)).reveal()
      return [{ name, value }, ...passwordIn(name, value)]
    }),
  )
  const given = Object.values(project?.services ?? {}).flatMap(({ environment }) =>
    Object.entries(environment).flatMap(([name, value]) => [
      ...(secretName.test(name) && !name.endsWith('_FILE') ? [{ name, value }] : []),
      ...passwordIn(name, value),
    ]),
  )
  return [...resolved.flat(), ...given].filter(({ value }) => value !== '')
}

/**
 * The password in a connection string, as it is and decoded. Compose fills passwords in as they are: one with an `@` in it goes on to
 * the last one.
 */
function passwordIn(name: string, value: string): readonly KnownSecret[] {
  const [, first, rest = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^:/@]*:([^@]*)(@[^]*)?@/i.exec(value) ?? []
  if (first === undefined) return []
  const whole = `${first}${rest}`
  const found = [...new Set([first, whole, decoded(first), decoded(whole)])]
  return found.map((one) => ({ name: `${name}_PASSWORD`, value: one }))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Where a secret is fetched, in words that hold nothing of it. */
export function secretSource(reference: SecretReference): string {
  switch (reference.from) {
    case 'value':
      return 'a variable of the environment, or ops.yaml'
    case 'file':
      return `file ${reference.path}`
    case 'command':
      return `command ${reference.command[0] ?? ''}`
    case 'compose':
      return `variable ${reference.variable} of service ${reference.service}`
  }
}
