import type { Trouble } from '../../checks/containers/trouble.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { stateText } from '../stack/health.js'
import { cureStep } from './cure.js'
import { lookAtContainers, type Patient, type Ward } from './lookAtContainers.js'
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
}

/** Seconds within which a container that failed is to be back. */
const objective = 120

/**
 * Brings containers back: finds out which of them do not do what they are for, and why, starts what a start brings back, ends
 * loops that nothing would end, and proves that each server takes writes. What starting would not cure is named with its
 * reason, and not started: throws `CONTAINER_NOT_CURED` (failed) when everything else is done.
 */
export const recoverContainers: Procedure<ContainerRequest, ContainerRecovery, World> = {
  id: 'dr container',
  summary: 'find out why containers are down or ill, and bring them back',

  async plan(request, world) {
    const began = world.clock.elapsed()
    const ward = await lookAtContainers(request.names, request.targets, world)
    return planFor(ward, request, began, world)
  },
}

function planFor(
  ward: Ward,
  { timeoutSeconds }: ContainerRequest,
  began: number,
  world: World,
): Plan<ContainerRecovery> {
  const { live, patients } = ward
  const ill = patients.flatMap(({ trouble }) => trouble ?? [])
  const servers: ServerProof[] = []
  const cured = ill.filter(({ cure }) => cure !== 'none')
  const names = [...new Set(ill.map(({ service }) => service))].join(', ')
  return {
    command: 'dr container',
    target: live.project.name,
    title:
      ill.length === 0 ? 'nothing to bring back: every service is well' : `bring back ${names}`,
    facts: [
      ['Project', live.project.name],
      ...patients.map((patient): readonly [string, string] => [
        patient.evidence.service,
        described(patient),
      ]),
      ['Objective', `back within ${(objective / 60).toString()} min`],
    ],
    warnings: ill.flatMap(warningOf),
    loses: [],
    holds: cured.length > 0 ? 'lock' : 'nothing',
    locks: patients
      .filter(({ trouble }) => trouble !== undefined)
      .flatMap(({ targets }) => targets.map(({ name }) => name)),
    steps: [
      ...cured.map((trouble) => cureStep(trouble, ward, timeoutSeconds, world)),
      ...patients.flatMap((patient) => proofSteps(patient, timeoutSeconds, servers, world)),
      ...notCured(ill),
    ],
    result: () => ({
      project: live.project.name,
      troubles: ill,
      well: patients.filter(({ trouble }) => !trouble).map(({ evidence }) => evidence.service),
      servers,
      seconds: Math.round(world.clock.elapsed() - began) / 1000,
      objectiveSeconds: objective,
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

/** A server that is stopped on purpose, or that no start cures, is not asked. */
function proofSteps(
  { trouble, targets }: Patient,
  timeoutSeconds: number,
  servers: ServerProof[],
  world: World,
): readonly Step[] {
  if (trouble?.cure === 'stop' || trouble?.cure === 'none') return []
  return targets.map((target) => ({
    title: `Prove that ${target.name} answers, is primary and takes a write`,
    effect: 'reads',
    async run(context) {
      servers.push(await proveServer(target, timeoutSeconds, world, context))
    },
  }))
}

function notCured(ill: readonly Trouble[]): readonly Step[] {
  const left = ill.filter(({ cure }) => cure === 'none' || cure === 'stop')
  if (left.length === 0) return []
  return [
    {
      title: 'Name what a start does not cure',
      effect: 'reads',
      run: () => Promise.reject(incurable(left)),
    },
  ]
}

function incurable(left: readonly Trouble[]): Failure {
  const each = left.map(({ service, kind, because, evidence, cure }) => {
    const done = cure === 'stop' ? 'it was stopped' : 'it was not started again'
    const line = evidence === null ? '' : `; its log: ${evidence}`
    return `${service} (${kind}): ${because}${line}; ${done}, for it would end in the same way`
  })
  return new Failure(
    'failed',
    'CONTAINER_NOT_CURED',
    each.join('\n'),
    [...new Set(left.flatMap(({ next }) => next))],
    { facts: { services: left.map(({ service, kind }) => ({ service, kind })) } },
  )
}
