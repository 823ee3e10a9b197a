import { troubleOf, type ContainerEvidence, type Trouble } from '../../checks/containers/trouble.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { servicesNamed } from '../stack/names.js'
import { jobsOf, lookAtProject, type LiveProject } from '../stack/project.js'

/** Lines of a container's log that are searched for why it ended. */
const searched = 300

/** One container that is to be well, and what it is judged by. */
export interface Patient {
  readonly evidence: ContainerEvidence
  readonly trouble: Trouble | undefined
  /** The targets whose server it is. */
  readonly targets: readonly Target[]
}

/** The services that are to be well, in the order in which they need each other, servers of targets first. */
export interface Ward {
  readonly live: LiveProject
  readonly patients: readonly Patient[]
}

/**
 * Looks at the services named, or at all of them but jobs: their containers, images, last words. Throws `STACK_MISSING`
 * (usage), `SERVICE_UNKNOWN` (not-found), what compose and the engine throw.
 */
export async function lookAtContainers(
  names: readonly string[],
  targets: readonly Target[],
  world: Pick<World, 'stack' | 'compose' | 'engine' | 'clock'>,
): Promise<Ward> {
  const live = await lookAtProject(world)
  const jobs = jobsOf(live.stack, targets)
  const wanted = names.length > 0 ? servicesNamed(names, live) : everyService(live)
  const services = inOrder(
    wanted.filter((service) => !jobs.has(service)),
    live,
  )
  const patients: Patient[] = []
  for (const service of services) {
    const own = live.containers.filter((each) => each.service === service)
    for (const facts of own.length > 0 ? own : [undefined]) {
      const serving = targets.filter((target) => isServerOf(target, service, facts))
      const evidence = await evidenceOf(service, facts, serving.length > 0, live, world)
      const trouble = troubleOf(evidence, world.clock.now().toISOString())
      patients.push({ evidence, trouble, targets: serving })
    }
  }
  return { live, patients }
}

function everyService({ project, containers }: LiveProject): readonly string[] {
  const started = new Set(containers.map(({ service }) => service))
  return Object.values(project.services)
    .filter(({ name, profiles }) => profiles.length === 0 || started.has(name))
    .map(({ name }) => name)
}

/** What others depend on comes first; otherwise as the file has them. */
function inOrder(services: readonly string[], { project }: LiveProject): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const other of Object.keys(project.services[name]?.dependsOn ?? {})) visit(other)
    if (services.includes(name)) order.push(name)
  }
  services.forEach(visit)
  return order
}

function isServerOf(
  { place }: Target,
  service: string,
  facts: ContainerFacts | undefined,
): boolean {
  if (place.kind === 'service') return place.service === service
  return place.kind === 'container' && place.container === facts?.name
}

async function evidenceOf(
  service: string,
  facts: ContainerFacts | undefined,
  mongod: boolean,
  { project }: LiveProject,
  { engine, compose }: Pick<World, 'engine' | 'compose'>,
): Promise<ContainerEvidence> {
  const name = facts?.image ?? project.services[service]?.image ?? ''
  // A service that is built names no image: compose finds or builds it.
  const present = name === '' || (await engine.image(facts?.imageId ?? name)) !== undefined
  const lines =
    facts && facts.state !== 'created' ? await compose.lastLines(facts.name, searched) : []
  return { service, image: { name, present }, lines, mongod, ...(facts ? { facts } : {}) }
}
