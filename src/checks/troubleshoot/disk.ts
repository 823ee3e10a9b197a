import type { Space } from '../../ports/premises.js'
import { quoted } from '../../domain/quoted.js'
import { size } from '../doctor/words.js'
import { seen } from '../doctor/look.js'
import type { TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Parts of a file system that are to be free, and bytes below which it is full whatever its size. */
const least = { warn: 0.1, fail: 0.05, bytes: 512 * 1024 ** 2 }

/** Is there room where the data and where the backups lie? */
export function judgeRoom({ targets }: Pick<TroubleEvidence, 'targets'>): readonly Found[] {
  const shelves = targets.flatMap((target) => shelfOf(target))
  return [
    ...targets.flatMap(dataOf),
    // All targets share one shelf: it is told once.
    ...shelves.slice(0, 1),
  ]
}

function dataOf({ name, doing }: TargetTroubles): readonly Found[] {
  const space = seen(seen(doing)?.space)
  const severity = space && fullness(space)
  if (!space || !severity) return []
  return [
    found('disk', severity, 'data-disk-full', {
      also: severity === 'fail' ? ['connection'] : [],
      about: name,
      says: `the disk that the data of ${name} lies on is ${severity === 'fail' ? 'full, or nearly' : 'filling up'}`,
      because: [roomText(space)],
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

function fullness({ freeBytes, totalBytes }: Space): 'fail' | 'warn' | undefined {
  if (totalBytes <= 0) return undefined
  const part = freeBytes / totalBytes
  if (part < least.fail || freeBytes < Math.min(least.bytes, totalBytes / 4)) return 'fail'
  return part < least.warn ? 'warn' : undefined
}

function roomText({ freeBytes, totalBytes }: Space): string {
  const part = totalBytes > 0 ? `, ${Math.floor((100 * freeBytes) / totalBytes).toString()} %` : ''
  return `${size(freeBytes)} free of ${size(totalBytes)}${part}`
}
