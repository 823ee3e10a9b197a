import type { Looked } from '../../checks/doctor/evidence.js'
import { look, type Watch } from '../../checks/doctor/look.js'
import type { LoggedLine, ServiceSeen } from '../../checks/troubleshoot/evidence.js'
import { troubleOf } from '../../checks/containers/trouble.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts, ContainerUse } from '../../ports/engine.js'
import { evidenceOf } from '../dr/containerEvidence.js'
import { lookAtContainers } from '../dr/lookAtContainers.js'
import { jobsOf, lookAtProject, type LiveProject } from '../stack/project.js'
import { lookAtLog } from './lookAtLog.js'
import { logsOnce, type LogsOnce } from './logsOnce.js'
import type { TroubleshootRequest, TroubleshootWorld } from './request.js'

/** Seconds for a sample of what containers use. */
const patience = 10

type Bare = Omit<ServiceSeen, 'lines' | 'use' | 'log'>

/**
 * Every container of the stack and of targets, jobs included: what ails it, what it says, what it uses. That is measured between two
 * readings, a second apart: it is left out where the request is routine.
 */
export async function lookAtServices(
  { targets, routine, symptom }: Pick<TroubleshootRequest, 'targets' | 'routine' | 'symptom'>,
  world: TroubleshootWorld,
  watch: Watch,
): Promise<readonly ServiceSeen[]> {
  const logs = logsOnce(world.compose, watch)
  const around = { ...world, compose: logs.compose }
  const bare = world.stack
    ? await ofStack(targets, around, logs)
    : await outsideStacks(targets, around)
  const running = bare.flatMap(({ facts }) => (facts?.state === 'running' ? [facts.name] : []))
  const [use, files, ...said] = await Promise.all([
    routine === true ? undefined : look(watch, patience, () => world.engine.use(running)),
    Promise.all(bare.map(({ facts }) => lookAtLog(facts, world, watch, symptom === 'disk'))),
    ...bare.map(({ facts }) => logOf(facts, logs)),
  ])
  return bare.map((one, at) => ({
    ...one,
    lines: said[at] ?? none,
    ...files[at],
    ...(use && one.facts?.state === 'running' ? { use: useOf(one.facts, use) } : {}),
  }))
}

async function ofStack(
  targets: readonly Target[],
  world: TroubleshootWorld,
  logs: LogsOnce,
): Promise<readonly Bare[]> {
  const whole = await lookAtProject(world)
  // Containers are looked at one after the other: their logs are there by then.
  for (const { name, oneOff, startedAt } of whole.containers)
    if (oneOff !== true && startedAt !== undefined) void logs.timed(name)
  const { live, patients } = await lookAtContainers([], targets, world, whole)
  const { services } = live.project
  const looked = patients.map(({ evidence, trouble, servers }): Bare => {
    const { service, facts, mongod } = evidence
    const [target] = servers
    const declared = services[service]
    return {
      service,
      mongod,
      job: false,
      ...(facts ? { facts } : {}),
      ...(declared ? { declared } : {}),
      ...(trouble ? { trouble } : {}),
      ...(target ? { target: target.name } : {}),
    }
  })
  return [...looked, ...jobs(whole, targets)]
}

/** What `compose run` left is the job as it ran last, too. */
function jobs(
  { stack, project, containers }: LiveProject,
  targets: readonly Target[],
): readonly Bare[] {
  return [...jobsOf(stack, targets)].flatMap((service): Bare[] => {
    const declared = project.services[service]
    if (!declared) return []
    const [facts] = containers
      .filter((one) => one.service === service)
      .toSorted((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''))
    return [{ service, declared, mongod: false, job: true, ...(facts ? { facts } : {}) }]
  })
}

/** Without a compose project there are the containers of targets. */
async function outsideStacks(
  targets: readonly Target[],
  world: TroubleshootWorld,
): Promise<readonly Bare[]> {
  const found: Bare[] = []
  for (const { name, place } of targets) {
    if (place.kind !== 'container') continue
    const facts = await world.engine.container(place.container)
    if (!facts) continue
    const evidence = await evidenceOf(place.container, facts, true, nowhere, world)
    const trouble = troubleOf(evidence, world.clock.now().toISOString())
    found.push({
      service: place.container,
      facts,
      mongod: true,
      job: false,
      target: name,
      ...(trouble ? { trouble } : {}),
    })
  }
  return found
}

const nowhere: LiveProject = {
  stack: { composeFiles: [], directory: '/' },
  project: { name: '', services: {}, volumes: [] },
  containers: [],
}

const none: ServiceSeen['lines'] = { state: 'seen', facts: [] }

function useOf(
  { name: container }: ContainerFacts,
  use: Looked<readonly ContainerUse[]>,
): NonNullable<ServiceSeen['use']> {
  if (use.state !== 'seen') return use
  return { state: 'seen', facts: use.facts.find(({ name }) => name === container) ?? null }
}

/** A container has two streams, each in order: by their times they are put into one. */
async function logOf(
  facts: ContainerFacts | undefined,
  logs: LogsOnce,
): Promise<Looked<readonly LoggedLine[]>> {
  if (facts?.startedAt === undefined) return none
  const looked = await logs.timed(facts.name)
  if (looked.state !== 'seen') return looked
  const all = looked.facts.flatMap((line) => {
    const [, at, text] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s.exec(line) ?? []
    return at === undefined || text === undefined ? [] : [{ at, text }]
  })
  const inOrder = all.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
  return { state: 'seen', facts: inOrder }
}
