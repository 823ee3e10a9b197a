import type { Space } from '../../ports/premises.js'
import { quoted } from '../../domain/quoted.js'
import { size } from '../doctor/words.js'
import { seen } from '../doctor/look.js'
import { fullness } from './fullness.js'
import { logCandidates } from './logs.js'
import type { ServiceSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Is there room where the data and where the backups lie? */
export function judgeRoom(
  { targets }: Pick<TroubleEvidence, 'targets'>,
  services: readonly ServiceSeen[],
): readonly Found[] {
  const shelves = targets.flatMap((target) => shelfOf(target))
  return [
    ...targets.flatMap((target) => dataOf(target, services)),
    // All targets share one shelf: it is told once.
    ...shelves.slice(0, 1),
  ]
}

function dataOf(
  { name, doing }: TargetTroubles,
  services: readonly ServiceSeen[],
): readonly Found[] {
  const space = seen(seen(doing)?.space)
  const severity = space && fullness(space)
  if (!space || !severity) return []
  return [
    found('disk', severity, 'data-disk-full', {
      also: severity === 'fail' ? ['connection'] : [],
      about: name,
      says: `the disk that the data of ${name} lies on is ${severity === 'fail' ? 'full, or nearly' : 'filling up'}`,
      because: [roomText(space)],
      candidates: logCandidates(services),
      next: [
        'docker system df',
        'df -h',
        'move something away, or make it larger: a server without room stops',
      ],
    }),
  ]
}

function shelfOf({ name, shelf }: TargetTroubles): readonly Found[] {
  const space = seen(shelf)
  if (!space) return []
  const { freeBytes, neededBytes, folder } = space
  const tooSmall =
    freeBytes < neededBytes ? 'fail' : freeBytes < 2 * neededBytes ? 'warn' : undefined
  const severity = [fullness(space), tooSmall].includes('fail')
    ? 'fail'
    : (fullness(space) ?? tooSmall)
  if (!severity) return []
  return [
    found('disk', severity, 'shelf-disk-full', {
      also: severity === 'fail' ? ['stale'] : [],
      about: name,
      says: `there is ${severity === 'fail' ? 'no' : 'little'} room on the shelf`,
      because: [
        `${folder}: ${roomText(space)}`,
        `the next backup of ${name} needs about ${size(neededBytes)}, and a restore saves what is there first`,
      ],
      next: [
        'ops backup prune --dry-run',
        'ops backup prune --empty-trash',
        `df -h ${quoted(folder)}`,
      ],
    }),
  ]
}

function roomText({ freeBytes, totalBytes }: Space): string {
  const part = totalBytes > 0 ? `, ${Math.floor((100 * freeBytes) / totalBytes).toString()} %` : ''
  return `${size(freeBytes)} free of ${size(totalBytes)}${part}`
}
