import type { Cure, Trouble } from '../../checks/containers/trouble.js'
import type { Found } from '../../checks/troubleshoot/found.js'
import type { Fix } from '../../checks/troubleshoot/fix.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Compression } from '../backup/storeStream.js'
import { recoverContainers } from '../dr/container.js'
import type { Plan, Procedure } from '../plan.js'
import { boundedLog } from './boundedLog.js'
import { endOperation } from './endOperation.js'
import { missingIndex } from './missingIndex.js'
import { moreMemory } from './moreMemory.js'
import { otherPort } from './otherPort.js'
import { removeByKey } from './removeByKey.js'
import { removeDuplicates } from './removeDuplicates.js'
import type { TroubleshootWorld } from './request.js'
import { takeAwayLock } from './takeAwayLock.js'

/** What is to be put right. */
export interface FixRequest {
  readonly found: Found
  readonly fix: Fix
  /** Every target of the configuration. */
  readonly targets: readonly Target[]
  /** How long a container may take to get well. */
  readonly timeoutSeconds: number
  readonly compression: Compression
}

/** What was put right. */
export interface Fixed {
  readonly cause: string
  readonly about: string | null
  readonly title: string
  /** What it proved, or did. */
  readonly did: Readonly<Record<string, unknown>>
  readonly receipt: string | null
}

/** Carries out what a finding offered. Each kind looks again before it acts, and refuses what is not what was shown. */
export const fixTrouble: Procedure<FixRequest, Fixed, TroubleshootWorld> = {
  id: 'troubleshoot',
  summary: 'put right what a symptom comes from',

  async plan(request, world) {
    const { found, fix } = request
    const plan = await planOf(fix, request, world)
    return {
      ...plan,
      command: 'troubleshoot',
      facts: [
        ['Cause', `${found.cause}: ${found.says}`],
        ...(fix.kind === 'service' && fix.perhapsMeant === true ? [meant] : []),
        ...plan.facts,
      ],
      result: (receipt) => ({
        cause: found.cause,
        about: found.about,
        title: fix.title,
        did: plan.result(receipt),
        receipt: receipt?.id ?? null,
      }),
    }
  },
}

const meant = [
  'Perhaps',
  'somebody stopped, paused or removed it on purpose: nothing tells that from an accident',
] as const

/** By now it may need something else than what was shown: nobody has agreed to that. */
function requireShown(
  service: string,
  shown: Cure,
  troubles: readonly Pick<Trouble, 'service' | 'cure'>[],
): void {
  const other = troubles.find(({ cure }) => cure !== shown)
  if (!other) return
  throw new Failure(
    'refused',
    'SERVICE_CHANGED',
    `${service} was left as it is: ${other.service} needs something else by now than what was shown (${other.cure} instead of ${shown})`,
    ['ops troubleshoot', 'ops dr container --dry-run'],
  )
}

type Did = Readonly<Record<string, unknown>>

async function planOf(
  fix: Fix,
  { targets, timeoutSeconds, compression }: FixRequest,
  world: TroubleshootWorld,
): Promise<Plan<Did>> {
  const target = (name: string) => {
    const known = targets.find((one) => one.name === name)
    if (known) return known
    throw new Failure('not-found', 'TARGET_UNKNOWN', `there is no target "${name}"`, [
      'ops config show',
    ])
  }
  switch (fix.kind) {
    case 'service': {
      const request = { names: [fix.service], targets, timeoutSeconds }
      const plan = await recoverContainers.plan(request, world)
      requireShown(fix.service, fix.cure, plan.result(undefined).troubles)
      return { ...plan, result: (receipt) => ({ ...plan.result(receipt) }) }
    }
    case 'port':
      return otherPort(fix, { targets, timeoutSeconds }, world)
    case 'memory':
      return moreMemory(fix, { targets, timeoutSeconds }, world)
    case 'logs':
      return boundedLog(fix, { targets, timeoutSeconds }, world)
    case 'stale lock':
      return takeAwayLock(target(fix.target), world)
    case 'operation':
      return endOperation(target(fix.target), fix.operation, world)
    case 'index':
      return missingIndex(target(fix.target), fix, world)
    case 'duplicates':
      return (fix.fields.length === 0 ? removeDuplicates : removeByKey)(
        { ...fix, target: target(fix.target) },
        compression,
        world,
      )
  }
}
