import { troubleOf, type ContainerEvidence, type Trouble } from '../../checks/containers/trouble.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { servicesNamed } from '../stack/names.js'
import { inOrder } from '../stack/order.js'
import { jobsOf, lookAtProject, type LiveProject } from '../stack/project.js'
import { serviceOf } from '../stack/serviceOf.js'
import { evidenceOf } from './containerEvidence.js'
import { heldBack } from './heldBack.js'

/** One container that is to be well, and what it is judged by. */
export interface Patient {
  readonly evidence: ContainerEvidence
  readonly trouble: Trouble | undefined
  /** The targets whose server it is. */
  readonly servers: readonly Target[]
  /** The targets that it serves or writes to: nobody else may work on them meanwhile. */
  readonly concerns: readonly Target[]
  /** Judges it anew, as it is by now. */
  again(): Promise<Trouble | undefined>
}

/** What is to be well: servers of targets and what they need first, then what depends on them. */
export interface Ward {
  readonly live: LiveProject
  readonly patients: readonly Patient[]
}

/**
 * Looks at the services named, or at all of them but jobs, and at the containers of targets outside the project: state, images,
 * last words. `project` is looked at where nobody hands it in. Throws `STACK_MISSING` (usage), `SERVICE_UNKNOWN` (not-found), what compose and the engine throw.
 */
export async function lookAtContainers(
  names: readonly string[],
  targets: readonly Target[],
  world: World,
  project?: LiveProject,
): Promise<Ward> {
  const looked = project ?? (await lookAtProject(world))
  // What `compose run` left ran once, and is nobody's service.
  const live = { ...looked, containers: looked.containers.filter(({ oneOff }) => !oneOff) }
  const jobs = jobsOf(live.stack, targets)
  const wanted = names.length > 0 ? servicesNamed(names, live) : everyService(live)
  const serving = new Set(targets.map((target) => serviceOf(target, live.project, live.containers)))
  const due = wanted.filter((service) => !jobs.has(service))
  const first = due.filter((service) => serving.has(service))
  const services = inOrder([...first, ...due], live.project.services)
  const patients: Patient[] = []
  const ill = new Set<string>()
  const admit = async (service: string, facts: ContainerFacts | undefined) => {
    const patient = await examined(
      { service, facts, named: names.length > 0, ill },
      targets,
      live,
      world,
    )
    if (patient.trouble) ill.add(service)
    patients.push(patient)
  }
  for (const service of services) {
    const own = live.containers.filter((each) => each.service === service)
    for (const facts of own.length > 0 ? own : [undefined]) await admit(service, facts)
  }
  if (names.length === 0) {
    for (const name of containersElsewhere(targets, patients))
      await admit(name, await world.engine.container(name))
  }
  return { live, patients }
}

interface Subject {
  readonly service: string
  readonly facts: ContainerFacts | undefined
  readonly named: boolean
  /** Services found ill so far. */
  readonly ill: ReadonlySet<string>
}

async function examined(
  { service, facts, named, ill }: Subject,
  targets: readonly Target[],
  live: LiveProject,
  world: World,
): Promise<Patient> {
  const { project, containers } = live
  const servers = targets.filter((target) => serviceOf(target, project, containers) === service)
  const writesTo = targets.filter(({ writers }) => writers.some((one) => one.service === service))
  const needs = Object.keys(project.services[service]?.dependsOn ?? {})
  const look = async (now: ContainerFacts | undefined) => {
    const mustWait = await heldBack(servers, writesTo, world)
    return {
      ...(await evidenceOf(service, now, servers.length > 0, live, world)),
      named,
      dependencyIll: needs.some((other) => ill.has(other)),
      ...(mustWait === undefined ? {} : { mustWait }),
    }
  }
  const judged = (evidence: ContainerEvidence) =>
    troubleOf(evidence, world.clock.now().toISOString())
  const evidence = await look(facts)
  return {
    evidence,
    trouble: judged(evidence),
    servers,
    concerns: [...new Set([...servers, ...writesTo])],
    again: async () => judged(await look(facts && (await world.engine.container(facts.name)))),
  }
}

function everyService({ project, containers }: LiveProject): readonly string[] {
  const started = new Set(containers.map(({ service }) => service))
  return Object.values(project.services)
    .filter(({ name, profiles }) => profiles.length === 0 || started.has(name))
    .map(({ name }) => name)
}

/** Containers of targets that are of no service of the project. */
function containersElsewhere(
  targets: readonly Target[],
  patients: readonly Patient[],
): readonly string[] {
  const known = new Set(patients.flatMap(({ servers }) => servers.map(({ name }) => name)))
  return targets.flatMap(({ name, place }) =>
    place.kind === 'container' && !known.has(name) ? [place.container] : [],
  )
}
