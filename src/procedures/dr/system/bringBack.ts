import type { Receipt } from '../../../domain/receipt.js'
import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import { bringUsersBack, usersIn, type UsersBack } from '../corruption/users.js'
import { planMoment } from '../../moment/restoreMoment.js'
import type { FoundMoment } from '../../moment/findMoment.js'
import type { Plan, StepContext } from '../../plan.js'
import { restore, type RestoreResult } from '../../restore/restore.js'
import type { OpenArchive } from './openArchives.js'
import type { SystemRequest } from './request.js'

/** What a restore proved. */
export interface BroughtBack {
  readonly result: RestoreResult
  readonly proof: Receipt['proof']
  /** Absent where the archive holds none, or they could not be brought back. */
  readonly users?: UsersBack
}

/**
 * Restores what was opened for a target, and proves it: documents counted, indexes compared, the bytes that were fed hashed; then the
 * users and roles of the archive, beside those that the stack made for the new server. What an
 * earlier run left half restored is saved before it goes: nobody has looked at it. Throws what restoring throws.
 */
export async function bringBack(
  archive: OpenArchive,
  request: Pick<SystemRequest, 'compression' | 'signal'>,
  world: World,
  context: StepContext,
): Promise<BroughtBack> {
  const { target, source } = archive
  const brought = await dataBack(archive, request, world, context)
  if (usersIn(source) === undefined) return brought
  const { tools } = await world.tools.choose(target, {
    kind: 'restore',
    bytes: source.contents.rawBytes,
  })
  const users = await bringUsersBack({ source, target, tools }, world, context)
  return { ...brought, ...(users ? { users } : {}) }
}

async function dataBack(
  { target, source, replay }: OpenArchive,
  { compression, signal }: Pick<SystemRequest, 'compression' | 'signal'>,
  world: World,
  context: StepContext,
): Promise<BroughtBack> {
  const common = { compression, safetyBackup: true, allowVersionMismatch: false }
  if (!replay) {
    const wanted = { kind: 'opened', source } as const
    return carriedThrough(
      await restore.plan({ ...common, target, wanted, choice: {} }, world),
      context,
    )
  }
  const { moment, expected } = replay
  const wanted = { until: moment.until, text: 'the newest moment' }
  // The new server has no slices yet that could be ended by one more.
  const request = { ...common, target: { ...target, pointInTime: false }, wanted, signal }
  return carriedThrough(await planMoment(request, kept(moment, target), world, expected), context)
}

/** What was brought for a recovery is let go of at its end, not by the restore. */
function kept(moment: FoundMoment, target: Target): FoundMoment {
  return { ...moment, target, discard: () => Promise.resolve() }
}

/** The steps of a restore, one after the other, under the lock and the record of the recovery. */
async function carriedThrough<Result extends RestoreResult>(
  plan: Plan<Result>,
  context: StepContext,
): Promise<BroughtBack> {
  try {
    for (const text of plan.warnings ?? []) context.warn(text)
    for (const text of plan.loses) context.warn(`what is replaced: ${text}`)
    for (const step of plan.steps) {
      context.signal.throwIfAborted()
      context.detail(step.title)
      await step.run(context)
    }
    return { result: plan.result(undefined), proof: plan.receipt?.().proof }
  } finally {
    await plan.release?.()
  }
}
