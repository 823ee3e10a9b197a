import {
  howItEnded,
  mayBeTakenBack,
  stateAfterCutOff,
  waysFromDamaged,
} from '../../domain/cutOffWords.js'
import type { Finding } from '../../domain/finding.js'
import { putBackDamaged } from '../../domain/leftHalf.js'
import type { CutOff, KeptFiles, LockFacts, Looked } from './evidence.js'
import { blind, broken, doubtful, fine, refused, unknown } from './finding.js'
import { counted, span } from './words.js'

/** Was a procedure on this target cut off half-way, or left it something half done? The data may then be neither the old nor the new. */
export function judgeCutOff(target: string, cutOff: Looked<readonly CutOff[]>): Finding {
  const id = `${target}.cut-off`
  if (cutOff.state !== 'seen')
    return blind(id, 'the record of what was done', cutOff, ['ops config path'])
  const found = cutOff.facts
  const [first] = found
  if (!first) return fine(id, 'no procedure was cut off half-way')
  return broken(id, {
    says: `"${first.title}" ${howItEnded(first)}${found.length > 1 ? `, and ${(found.length - 1).toString()} more` : ''}`,
    because: found
      .map((one) => `"${one.title}" of ${one.startedAt}: ${stateAfter(one)}`)
      .join('\n'),
    next: found.flatMap((one) => waysOnFrom(one, target)),
    value: found.map(({ id: receipt }) => receipt),
  })
}

function stateAfter(one: CutOff): string {
  return putBackDamaged(one) ? 'the data files are damaged' : stateAfterCutOff(one)
}

function waysOnFrom(one: CutOff, target: string): readonly string[] {
  if (putBackDamaged(one)) return waysFromDamaged(one, target)
  return [...(mayBeTakenBack(one) ? [`ops undo ${one.id}`] : []), one.again ?? `ops ${one.command}`]
}

/**
 * Does the data volume hold files that restores put aside? They take room until somebody lets go of them. Where none are, or
 * the record cannot be read (another finding tells), there is no finding.
 */
export function judgeKeptFiles(
  target: string,
  kept: Looked<readonly KeptFiles[]>,
): readonly Finding[] {
  if (kept.state !== 'seen' || kept.facts.length === 0) return []
  const folders = [...new Set(kept.facts.map(({ folder }) => folder))]
  return [
    doubtful(`${target}.kept-files`, {
      says: `the data volume still holds the files that ${counted(folders.length, 'restore')} put aside`,
      because: kept.facts
        .map(({ title, startedAt, folder }) => `${folder}: "${title}" of ${startedAt}`)
        .join('\n'),
      next: [`ops restore --forget-old --target ${target}`],
      value: folders,
    }),
  ]
}

/** A run that holds a target longer than this has probably stopped getting on. */
const longest = 24 * 3600

/** Does a run hold the target's lock, and is it still there? */
export function judgeLock(target: string, lock: Looked<LockFacts>, at: string): Finding {
  const id = `${target}.lock`
  if (lock.state === 'refused' && lock.code === 'TARGET_LOCKED')
    return refused(id, 'the lock cannot be read', lock)
  if (lock.state !== 'seen') return blind(id, 'the lock', lock, ['ops config path'])
  const { owner, gone } = lock.facts
  if (!owner) return fine(id, 'no run holds the target')
  const seconds = (Date.parse(at) - Date.parse(owner.since)) / 1000
  const held = `held by "ops ${owner.command}" of ${owner.user} (process ${owner.pid.toString()} on ${owner.host}) for ${span(Math.max(0, seconds))}`
  if (gone === undefined)
    return unknown(id, {
      says: held,
      because: `whether that process still runs can only be seen on ${owner.host}`,
      next: [`ps -fp ${owner.pid.toString()}   (on ${owner.host})`],
    })
  if (gone)
    return doubtful(id, {
      says: `the lock of a run that is gone is still there`,
      because: `${held}; the next run takes it over`,
      next: [`ops backup --target ${target}`],
    })
  if (seconds > longest)
    return doubtful(id, {
      says: held,
      because: 'until it ends no other run can begin, no backup either',
      next: [`ps -fp ${owner.pid.toString()}`],
    })
  return fine(id, held)
}
