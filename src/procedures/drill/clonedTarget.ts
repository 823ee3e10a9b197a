import type { ComposeDocument } from '../../domain/composeDocument.js'
import { firstUserVariables } from '../../domain/firstUser.js'
import { Failure } from '../../domain/failure.js'
import { Secret, type SecretReference } from '../../domain/secret.js'
import type { Credentials, Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { serviceOf } from '../stack/serviceOf.js'

/** The service that runs a target's server. Throws `DRILL_NO_SERVICE` (refused) where none of the project does. */
export function requireService(
  target: Target,
  { name: project, services }: ComposeDocument,
): string {
  const named = Object.entries(services).map(
    ([service, { container_name: containerName }]) =>
      [service, containerName === undefined ? {} : { containerName }] as const,
  )
  const found = serviceOf(target, { name: project, services: Object.fromEntries(named) })
  if (found !== undefined) return found
  throw new Failure(
    'refused',
    'DRILL_NO_SERVICE',
    `the server of "${target.name}" is no service of the compose project "${project}": ops cannot make a clone of it`,
    ['ops config show', 'ops backup test-restore'],
  )
}

/**
 * The target as it is in its clone. It signs in as the user that the image makes on an empty volume, where the compose file
 * says who that is: the clone knows nobody else before a backup is restored. Its secrets are fetched here, from the real stack.
 */
export async function clonedTarget(
  target: Target,
  service: string,
  document: ComposeDocument,
  { secrets }: Pick<World, 'secrets'>,
): Promise<Target> {
  const first = firstUser(document.services[service]?.environment ?? {})
  const fetched = async (reference: SecretReference): Promise<SecretReference> => ({
    from: 'value',
    value: await secrets.resolve(reference),
  })
  const credentials: Credentials | undefined =
    first ??
    (target.credentials && {
      ...target.credentials,
      username: await fetched(target.credentials.username),
      password: await fetched(target.credentials.password),
    })
  return {
    ...target,
    place: { kind: 'service', service },
    writers: target.writers.filter((writer) => document.services[writer.service] !== undefined),
    ...(credentials ? { credentials } : {}),
  }
}

function firstUser(environment: Readonly<Record<string, string | null>>): Credentials | undefined {
  for (const { username, password } of firstUserVariables) {
    const [name, word] = [environment[username], environment[password]]
    if (!name || !word) continue
    const value = (text: string): SecretReference => ({
      from: 'value',
      // Dollar signs are doubled in a document that is to be read by compose again.
      value: new Secret(text.replaceAll('$$', () => '$')),
    })
    return { username: value(name), password: value(word), authSource: 'admin' }
  }
  return undefined
}
