import type { Trouble } from '../../checks/containers/trouble.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { drilledFact } from '../forecastFact.js'
import type { Plan, Procedure, Step, StepContext } from '../plan.js'
import { stateText } from '../stack/health.js'
import { cure, cureTitle } from './cure.js'
import {
  closeCutOffContainers,
  cutOffContainers,
  cutOffContainersText,
} from './cutOffContainers.js'
import { lookAtContainers, type Patient, type Ward } from './lookAtContainers.js'
import { notCured, type NotCured } from './notCured.js'
import { proveServer, type ServerProof } from './proveServer.js'

/** What is to be brought back. */
export interface ContainerRequest {
  /** Services or containers; all services but jobs where none is named. */
  readonly names: readonly string[]
  readonly targets: readonly Target[]
  /** How long each may take to get well. */
  readonly timeoutSeconds: number
}

/** What `dr container` answers. */
export interface ContainerRecovery {
  readonly project: string
  /** What was found wrong, in the order in which it was dealt with. */
  readonly troubles: readonly Trouble[]
  /** Services that needed nothing. */
  readonly well: readonly string[]
  /** Servers of targets that answered, were primary and took a write. */
  readonly servers: readonly ServerProof[]
  /** From the first look to the last proof. */
  readonly seconds: number
  readonly objectiveSeconds: number
  /** Null where nothing had to be done. */
  readonly receipt: string | null
}

/** Seconds within which a container that failed is to be back. */
const objective = 120

/**
 * Brings containers back: finds out which of them do not do what they are for, and why, starts what a start brings back, ends
 * loops that nothing would end, and proves that each server takes writes, before what depends on it is started. What cannot
 * be cured, or fails, keeps nothing else from being cured: throws `CONTAINER_NOT_CURED` (failed) when all else is done.
 */
export const recoverContainers: Procedure<ContainerRequest, ContainerRecovery, World> = {
  id: 'dr container',
  summary: 'find out why containers are down or ill, and bring them back',

  async plan(request, world) {
    const began = world.clock.elapsed()
    const ward = await lookAtContainers(request.names, request.targets, world)
    const cutOff = await cutOffContainers(ward.live.project.name, world)
    const durations = await Promise.all(
      request.targets.map((target) => drilledFact('container', target, world)),
    )
    return planFor(ward, request, { began, durations, cutOff }, world)
  },
}

interface Around {
  /** Milliseconds of the clock that only goes forward. */
  readonly began: number
  /** How long drills of it took, as lines of the plan. */
  readonly durations: Plan<unknown>['facts']
  /** Runs of the same that were killed half-way. */
  readonly cutOff: readonly Receipt[]
}

function planFor(
  ward: Ward,
  { timeoutSeconds, names: given }: ContainerRequest,
  { began, durations, cutOff }: Around,
  world: World,
): Plan<ContainerRecovery> {
  const { live, patients } = ward
  const ill = patients.flatMap(({ trouble }) => trouble ?? [])
  const servers: ServerProof[] = []
  const left: NotCured[] = []
  const acts = ill.some(({ cure: one }) => one !== 'none' && one !== 'wait')
  const services = [...new Set(ill.map(({ service }) => service))]
  const secondsNow = () => Math.round(world.clock.elapsed() - began) / 1000
  const concerned = patients.filter(({ trouble }) => trouble).flatMap(({ concerns }) => concerns)
  const targets = [...new Set(concerned.map(({ name }) => name))]
  const steps = (patient: Patient) => [
    ...cureSteps(patient, ward, timeoutSeconds, left, world),
    ...proofSteps(patient, timeoutSeconds, left, servers, world),
  ]
  return {
    command: 'dr container',
    target: live.project.name,
    title:
      ill.length === 0
        ? 'nothing to bring back: every service is well'
        : `bring back ${services.join(', ')}`,
    facts: [
      ['Project', live.project.name],
      ...patients.map((patient): readonly [string, string] => [
        patient.evidence.service,
        described(patient),
      ]),
      ['Objective', `back within ${(objective / 60).toString()} min`],
      ...durations,
    ],
    warnings: [...cutOff.map(cutOffContainersText), ...ill.flatMap(warningOf)],
    loses: [],
    holds: acts ? 'lock and receipt' : cutOff.length > 0 ? 'lock' : 'nothing',
    recordedFromTheStart: true,
    // The project's own, too: two of these at a time would start what the other stops.
    locks: [live.project.name, ...targets],
    steps: [
      ...patients.flatMap(steps),
      ...lastStep(ill, left),
      ...closeCutOffContainers(cutOff, world),
    ],
    receipt: () => ({
      containers: { project: live.project.name, services, targets },
      again: ['ops dr container', ...given].join(' '),
      proof: { servers, seconds: secondsNow() },
    }),
    result: (receipt) => ({
      project: live.project.name,
      troubles: ill,
      well: patients.filter(({ trouble }) => !trouble).map(({ evidence }) => evidence.service),
      servers,
      seconds: secondsNow(),
      objectiveSeconds: objective,
      receipt: receipt?.id ?? null,
    }),
  }
}

function described({ evidence, trouble }: Patient): string {
  if (!trouble) return evidence.facts ? stateText(evidence.facts) : 'well'
  const { kind, because, evidence: line } = trouble
  return `${kind}: ${because}${line === null ? '' : ` (${line})`}`
}

/** A container that comes back without what filled it is worse than one that stays away. */
function warningOf({ kind, service, because }: Trouble): readonly string[] {
  if (kind !== 'killed for memory') return []
  return [`${service}: ${because}; it will be again unless its limit is raised or its load is less`]
}

function cureSteps(
  patient: Patient,
  ward: Ward,
  timeoutSeconds: number,
  left: NotCured[],
  world: World,
): readonly Step[] {
  const { trouble } = patient
  if (!trouble) return []
  const { cure: what, service } = trouble
  if (what === 'none') {
    left.push({ trouble })
    return []
  }
  return [
    {
      title: cureTitle[what](service),
      effect: what === 'wait' ? 'reads' : 'changes',
      stays: what !== 'wait',
      async run(context) {
        await goingOn(trouble, left, context, () =>
          cure(patient, ward, timeoutSeconds, world, context),
        )
        if (what === 'stop') left.push({ trouble })
      },
    },
  ]
}

/** A server that is stopped on purpose, that no start cures, or that was not cured, is not asked. */
function proofSteps(
  { trouble, servers }: Patient,
  timeoutSeconds: number,
  left: NotCured[],
  proofs: ServerProof[],
  world: World,
): readonly Step[] {
  if (trouble?.cure === 'stop' || trouble?.cure === 'none') return []
  return servers.map((target) => ({
    title: `Prove that ${target.name} answers, is primary and takes a write`,
    effect: 'reads',
    async run(context) {
      if (left.some((one) => one.trouble === trouble)) return
      const request = { target, timeoutSeconds, wasWell: trouble === undefined }
      proofs.push(await proveServer(request, world, context))
    },
  }))
}

/** What fails here is told in the end: it keeps nothing else from being cured. */
async function goingOn(
  trouble: Trouble,
  left: NotCured[],
  { signal, warn }: StepContext,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (signal.aborted) throw error
    const why = error instanceof Error ? error.message : String(error)
    warn(`${trouble.service}: ${why}`)
    left.push({ trouble, failed: why })
  }
}

function lastStep(ill: readonly Trouble[], left: readonly NotCured[]): readonly Step[] {
  if (ill.length === 0) return []
  return [
    {
      title: 'Name what was not cured',
      effect: 'reads',
      run: () => (left.length === 0 ? Promise.resolve() : Promise.reject(notCured(left))),
    },
  ]
}
