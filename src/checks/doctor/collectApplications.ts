import { readConnectionUri } from '../../domain/connectionUri.js'
import { firstUserVariables } from '../../domain/firstUser.js'
import type { Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { ApplicationsSeen, Looked, TargetEvidence } from './evidence.js'
import { look, seen, type Watch } from './look.js'
import type { Configured, Patient } from './patient.js'

/** Seconds: the engine is asked for every container of the project, and a secret may be a program's to tell. */
const patience = 15

type Environment = Readonly<Record<string, string>>

/** Connection strings wherever they stand in a value: alone, in a list, in JSON. */
const connectionStrings = /mongodb(?:\+srv)?:\/\/[^\s"'<>`]+/g

/**
 * Looks which services have a connection string of the database's administrator: those that are started with the stack, as
 * the compose files have them, and those whose containers run.
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
    const administrators = new Set([
      ...environments.flatMap(({ service, variables }) =>
        service === own ? firstUsers(variables) : [],
      ),
      ...(everything && target.credentials
        ? [(await world.secrets.resolve(target.credentials.username)).reveal()]
        : []),
    ])
    const elsewhere = new Set(Object.keys(services).filter((service) => service !== own))
    const signIn = environments.filter(
      ({ service, variables }) =>
        service !== own && signsInAs(variables, administrators, elsewhere),
    )
    return {
      administrators: administrators.size,
      services: [...new Set(signIn.map(({ service }) => service))],
      databases: target.databases,
    }
  })
}

function isRunning({ state }: ContainerFacts): boolean {
  return state === 'running'
}

function firstUsers(variables: Environment): readonly string[] {
  return firstUserVariables.flatMap(({ username }) => variables[username] ?? [])
}

/** A connection string that leads to another service alone is not about this database. */
function signsInAs(
  variables: Environment,
  administrators: ReadonlySet<string>,
  elsewhere: ReadonlySet<string>,
): boolean {
  return Object.values(variables)
    .flatMap((value) => value.match(connectionStrings) ?? [])
    .some((text) => {
      const uri = readConnectionUri(text)
      if (uri?.username === undefined || !administrators.has(uri.username)) return false
      return !uri.hosts.every((host) => elsewhere.has(host))
    })
}
