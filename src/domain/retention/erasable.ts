import type { Discarded } from './alarm.js'
import { byContent, isKeepable } from './judge.js'
import type { Shelved } from './verdict.js'

/**
 * Which backups of the trash may be deleted for good: those of a content (archives, copies of the data files) of which the
 * shelf holds a good backup of its own. What was good when the others were moved may have been found damaged since; then
 * the trash holds what is left. Whatever the policy, and whoever asks.
 */
export function erasableOf<Thing extends Discarded>(
  trash: readonly Thing[],
  shelf: readonly Shelved[],
): readonly Thing[] {
  const good = byContent(shelf.filter((each) => each.purpose === 'backup' && isKeepable(each)))
  return byContent(trash).flatMap((alike, at) => ((good[at] ?? []).length > 0 ? alike : []))
}
