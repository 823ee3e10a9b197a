import type { Path } from './problem.js'
import { quote } from './quote.js'
import type { ConfigFile } from './schema.js'

/** What is wrong with a schedule whose shape is right: it names a target that is not there. */
export function scheduleComplaints(
  file: ConfigFile,
): readonly (readonly [path: Path, sentence: string])[] {
  const target = file.schedule?.backup?.target
  if (target === undefined || Object.hasOwn(file.targets, target)) return []
  const known = Object.keys(file.targets).map(quote).join(', ')
  return [[['schedule', 'backup', 'target'], `${quote(target)} is no target; there is ${known}`]]
}
