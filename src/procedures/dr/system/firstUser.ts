import { fileVariable, firstUserVariables } from '../../../domain/firstUser.js'
import type { SecretReference } from '../../../domain/secret.js'
import type { Credentials, Target } from '../../../domain/target.js'
import type { ComposeProject, ComposeService } from '../../../ports/compose.js'
import { serviceOf } from '../../stack/serviceOf.js'

/**
 * The target as a server that begins anew lets in: signing in as the user that its image makes on an empty data folder. The user that
 * the target names may come back with the data only. The target itself where it asks for no sign-in, and where its service makes no
 * user: then whatever the stack does makes the target's own.
 */
export function entering(target: Target, project: ComposeProject): Target {
  const service = project.services[serviceOf(target, project) ?? '']
  const first = target.credentials && service && firstUser(service, project)
  return first ? { ...target, credentials: first } : target
}

/** Where name and password of the first user come from; nothing where the service names none, or nobody can tell what they are. */
function firstUser(
  service: ComposeService,
  project: Pick<ComposeProject, 'secrets'>,
): Credentials | undefined {
  for (const variables of firstUserVariables) {
    const username = valueOf(variables.username, service, project)
    const password = valueOf(variables.password, service, project)
    if (username && password) return { username, password, authSource: 'admin' }
  }
  return undefined
}

function valueOf(
  variable: string,
  service: ComposeService,
  project: Pick<ComposeProject, 'secrets'>,
): SecretReference | undefined {
  const { environment, name } = service
  if (environment[variable]) return { from: 'compose', service: name, variable }
  const inside = environment[fileVariable(variable)]
  const path = inside && fileBehind(inside, service, project)
  return path ? { from: 'file', path } : undefined
}

/** The file of this machine that a container has at a path: a secret of the project, or something that it mounts. */
function fileBehind(
  path: string,
  { secrets = [], mounts = [] }: ComposeService,
  { secrets: defined = {} }: Pick<ComposeProject, 'secrets'>,
): string | undefined {
  const secret = secrets.find(({ name, destination = name }) => {
    const lies = destination.startsWith('/') ? destination : `/run/secrets/${destination}`
    return lies === path
  })
  if (secret) return defined[secret.name]?.file
  const mount = mounts.find(
    ({ type, destination }) =>
      type === 'bind' && (path === destination || path.startsWith(`${destination}/`)),
  )
  return mount?.source === undefined
    ? undefined
    : `${mount.source}${path.slice(mount.destination.length)}`
}
