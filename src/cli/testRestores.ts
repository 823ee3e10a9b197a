import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { trial, type TrialResult } from '../procedures/trial/trial.js'
import type { DryRun } from '../report/plan.js'
import { warn, type Door } from './door.js'
import { follow, type FollowFlags } from './follow.js'

/** Trial restores of several targets, in the order they were made. */
export interface Trials {
  readonly trials: readonly TrialResult[]
}

/**
 * A trial restore of the newest good backup of each target, one after the other: one that fails keeps no other from being
 * tested. Throws the failure of the first one that failed, naming all of them; its facts hold the trials that succeeded.
 */
export async function testEach(
  targets: readonly Target[],
  image: string | undefined,
  world: World,
  flags: FollowFlags,
  door: Door,
): Promise<Trials | { readonly dryRuns: readonly DryRun[] }> {
  const trials: TrialResult[] = []
  const dryRuns: DryRun[] = []
  const failed: { readonly target: string; readonly failure: Failure }[] = []
  for (const target of targets) {
    try {
      const request = { target, ...(image === undefined ? {} : { image }) }
      const followed = await follow(trial, request, world, flags, door)
      if ('dryRun' in followed) dryRuns.push(followed)
      else trials.push(followed.done)
    } catch (error) {
      if (!(error instanceof Failure) || door.interruption.signal.aborted) throw error
      failed.push({ target: target.name, failure: error })
      warn(door, `${target.name} was not tested: ${error.message}`)
    }
  }
  const [first] = failed
  if (first) throw together(first.failure, failed, trials)
  return dryRuns.length > 0 ? { dryRuns } : { trials }
}

/** The worst first: a backup that does not come back matters more than a server that could not be started. */
function together(
  first: Failure,
  failed: readonly { readonly target: string; readonly failure: Failure }[],
  trials: readonly TrialResult[],
): Failure {
  const worst = failed.find(({ failure }) => failure.kind === 'integrity')?.failure ?? first
  const names = failed.map(({ target }) => target).join(', ')
  return new Failure(
    worst.kind,
    worst.code,
    `the backups of ${names} were not proved: ${worst.message}`,
    [...failed.map(({ target }) => `ops backup test-restore --target ${target}`), ...worst.next],
    {
      cause: worst,
      facts: {
        trials,
        failed: failed.map(({ target, failure: { code, message } }) => ({ target, code, message })),
      },
    },
  )
}
