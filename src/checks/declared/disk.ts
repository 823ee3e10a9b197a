import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine } from '../doctor/finding.js'
import { quoted } from '../../domain/quoted.js'
import { size } from '../doctor/words.js'

/** Is there room, for bytes and for files? */
export function judgeDisk(
  id: string,
  { path, usedPercent, freeBytes }: RuleOf['disk'],
  facts: FactsOf['disk'],
): Finding {
  if (facts.mounted === false)
    return broken(id, {
      says: `nothing is mounted at ${path}`,
      because: 'what is written there goes to the disk of the folder above',
      next: [`mount ${quoted(path)}`, `findmnt --target ${quoted(path)}`],
      value: { ...facts },
    })
  const files = facts.usedFilesPercent ?? 0
  const used = Math.max(facts.usedPercent, files)
  const says = `${path} is ${shown(facts.usedPercent)} full, ${size(facts.freeBytes)} free`
  const because =
    files > facts.usedPercent ? `${shown(files)} of its places for files are taken` : ''
  const words = {
    says,
    because,
    next: [`df -h ${quoted(path)}`, `df -i ${quoted(path)}`],
    value: { ...facts },
  }
  const isOver = (limit: number | undefined) => limit !== undefined && used >= limit
  const isShort = (limit: number | undefined) => limit !== undefined && facts.freeBytes < limit
  if (isOver(usedPercent?.fail) || isShort(freeBytes?.fail)) return broken(id, words)
  if (isOver(usedPercent?.warn) || isShort(freeBytes?.warn)) return doubtful(id, words)
  return fine(id, says, '', words.value)
}

/** Never rounded up to a limit that is not reached. */
function shown(percent: number): string {
  return `${Math.floor(percent).toString()} %`
}
