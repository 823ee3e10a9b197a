import type { Looked } from '../../checks/doctor/evidence.js'
import { look, type Watch } from '../../checks/doctor/look.js'
import type { LoggedLine, ServiceSeen } from '../../checks/troubleshoot/evidence.js'
import { troubleOf } from '../../checks/containers/trouble.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts, ContainerUse } from '../../ports/engine.js'
import { evidenceOf } from '../dr/containerEvidence.js'
import { lookAtContainers } from '../dr/lookAtContainers.js'
import { jobsOf, type LiveProject } from '../stack/project.js'
import type { TroubleshootWorld } from './request.js'

/** Lines of each log that are looked through. */
const lines = 400

/** Seconds for one log, and for a sample of what containers use. */
const patience = { log: 10, use: 10 }

type Bare = Omit<ServiceSeen, 'lines' | 'use'>

/** Every container of the stack and of targets, jobs included: what ails it, what it says, what it uses. */
export async function lookAtServices(
  targets: readonly Target[],
  world: TroubleshootWorld,
  watch: Watch,
): Promise<readonly ServiceSeen[]> {
  const bare = world.stack ? await ofStack(targets, world) : await outsideStacks(targets, world)
  const running = bare.flatMap(({ facts }) => (facts?.state === 'running' ? [facts.name] : []))
  const use = await look(watch, patience.use, () => world.engine.use(running))
  return Promise.all(bare.map((one) => withLog(one, use, world, watch)))
}

async function ofStack(
  targets: readonly Target[],
  world: TroubleshootWorld,
): Promise<readonly Bare[]> {
  const { live, patients } = await lookAtContainers([], targets, world)
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
  return [...looked, ...(await jobs(live, targets, world))]
}

/** What `compose run` left is the job as it ran last, too. */
async function jobs(
  { stack, project }: LiveProject,
  targets: readonly Target[],
  { engine }: TroubleshootWorld,
): Promise<readonly Bare[]> {
  const all = await engine.containers(project.name)
  return [...jobsOf(stack, targets)].flatMap((service): Bare[] => {
    const declared = project.services[service]
    if (!declared) return []
    const [facts] = all
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

async function withLog(
  one: Bare,
  use: Looked<readonly ContainerUse[]>,
  { compose }: TroubleshootWorld,
  watch: Watch,
): Promise<ServiceSeen> {
  const { facts } = one
  const own =
    use.state === 'seen'
      ? { ...use, facts: use.facts.find(({ name }) => name === facts?.name) ?? null }
      : use
  const log =
    facts?.startedAt === undefined
      ? { state: 'seen' as const, facts: [] }
      : await look(watch, patience.log, () => logOf(facts, compose))
  return { ...one, lines: log, ...(facts?.state === 'running' ? { use: own } : {}) }
}

/** A container has two streams, each in order: by their times they are put into one. */
async function logOf(
  { name }: ContainerFacts,
  compose: TroubleshootWorld['compose'],
): Promise<readonly LoggedLine[]> {
  const all = (await compose.lastLines(name, lines, { timed: true })).flatMap((line) => {
    const [, at, text] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s.exec(line) ?? []
    return at === undefined || text === undefined ? [] : [{ at, text }]
  })
  return all.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}
