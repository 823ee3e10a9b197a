import { firstUserVariables } from '../../domain/firstUser.js'
import type { Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Secrets } from '../../ports/secrets.js'
import type { ApplicationsSeen, Looked, TargetEvidence } from './evidence.js'
import { leadsTo, neighbourhood, type Neighbourhood } from './leadsTo.js'
import { look, seen, type Watch } from './look.js'
import type { Configured, Patient } from './patient.js'
import { signInsOf, type Environment, type SignIn } from './signIns.js'

/** Seconds: the engine is asked for every container of the project, and a secret may be a program's to tell. */
const patience = 15

/** Somebody who may do everything; the password is compared, and told to nobody. */
interface Administrator {
  readonly username: string
  readonly password?: string
}

/**
 * Looks which services are given the sign-in of the database's administrator, in a connection string or as user and password:
 * those that are started with the stack, as the compose files have them, and those whose containers run.
 */
export async function collectApplications(
  target: Target,
  server: Promise<Pick<TargetEvidence, 'rights'>>,
  project: Promise<Looked<ComposeProject>>,
  { world }: Configured,
  { engine }: Patient,
  watch: Watch,
): Promise<Looked<ApplicationsSeen>> {
  const read = await project
  if (read.state !== 'seen') return read
  const everything = seen((await server).rights)?.mayDoEverything === true
  return look(watch, patience, async () => {
    const own = target.place.kind === 'service' ? target.place.service : ''
    const { name, services } = read.facts
    const containers = await engine.containers(world.stack?.project ?? name)
    const started = Object.values(services).filter(({ profiles }) => profiles.length === 0)
    const running = containers.filter(isRunning)
    const environments = [
      ...started.map((service) => ({ service: service.name, variables: service.environment })),
      ...running.map(({ service = '', name: container, environment }) => ({
        service: service === '' ? container : service,
        variables: environment,
      })),
    ]
    const administrators = [
      ...environments.flatMap(({ service, variables }) =>
        service === own ? firstUsers(variables) : [],
      ),
      ...(everything && target.credentials
        ? [await signedInAs(target.credentials, world.secrets)]
        : []),
    ]
    const near = neighbourhood(own, read.facts, containers, world.host.name)
    const signIn = environments.filter(
      ({ service, variables }) =>
        service !== own &&
        signInsOf(variables).some((each) => isAdministrator(each, administrators, near)),
    )
    return {
      administrators: new Set(administrators.map(({ username }) => username)).size,
      services: [...new Set(signIn.map(({ service }) => service))],
      databases: target.databases,
    }
  })
}

function isRunning({ state }: ContainerFacts): boolean {
  return state === 'running'
}

function firstUsers(variables: Environment): readonly Administrator[] {
  return firstUserVariables.flatMap((names) => {
    const { [names.username]: username, [names.password]: password } = variables
    if (username === undefined) return []
    return [{ username, ...(password === undefined ? {} : { password }) }]
  })
}

async function signedInAs(
  { username, password }: NonNullable<Target['credentials']>,
  secrets: Secrets,
): Promise<Administrator> {
  const [name, word] = await Promise.all([secrets.resolve(username), secrets.resolve(password)])
  return { username: name.reveal(), password: word.reveal() }
}

/**
 * A name says little: other databases have a root, too. What leads to this one counts by the name; where that is not to be
 * seen, the password has to be the same.
 */
function isAdministrator(
  { username, password, hosts, isMongo }: SignIn,
  administrators: readonly Administrator[],
  near: Neighbourhood,
): boolean {
  const where = leadsTo(hosts, near)
  if (where === 'elsewhere') return false
  return administrators
    .filter((one) => one.username === username)
    .some((one) => {
      if (where === 'here') return true
      if (one.password === undefined || password === undefined) return isMongo
      return one.password === password
    })
}
