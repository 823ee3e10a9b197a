import { seen } from '../doctor/look.js'
import type { NewestSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'

/** Is the newest backup good, is its file the one that was read, and is it where copies are to be? How old it is is told elsewhere. */
export function judgeBackups(
  target: TargetTroubles,
  places: TroubleEvidence['places'],
): readonly Found[] {
  return [...badNewest(target), ...changed(target), ...copyMissing(target, places)]
}

/** What a backup that is not good is called, and what that may come from. */
interface Bad {
  readonly cause: string
  readonly is: string
  readonly because: string
  readonly candidates: readonly Candidate[]
  readonly next: readonly string[]
}

function badOf({ id, trust, present }: NewestSeen): Bad | undefined {
  if (!present)
    return {
      cause: 'backup-file-missing',
      is: 'has no file, or one of another size',
      because: 'its manifest is there, and says how large it was',
      candidates: [
        { cause: 'removed-by-hand', needs: 'whoever may write to the shelf' },
        { cause: 'disk-missing', needs: 'whether the disk of the shelf is mounted: df' },
      ],
      next: ['ops backup list', 'ops backup show'],
    }
  if (trust === 'damaged')
    return {
      cause: 'backup-damaged',
      is: 'is damaged',
      because: 'it was read, and is not what was written',
      candidates: [
        { cause: 'disk-fails', needs: 'the log of the machine: dmesg, smartctl' },
        { cause: 'written-over', needs: 'who may write to the shelf' },
      ],
      next: [`ops backup show ${id}`],
    }
  if (trust === 'unverified')
    return {
      cause: 'backup-unverified',
      is: 'was never read',
      because: 'nobody knows whether it would come back',
      candidates: [],
      next: [`ops backup verify ${id}`],
    }
  return undefined
}

function badNewest({ name, newest, newestGood }: TargetTroubles): readonly Found[] {
  const bad = newest && badOf(newest)
  if (!bad) return []
  const good = seen(newestGood)
  return [
    found('stale', good ? 'warn' : 'fail', bad.cause, {
      about: name,
      says: `the newest backup of ${name} ${bad.is}`,
      because: [
        `${newest.id} of ${newest.takenAt}`,
        bad.because,
        good ? `${good.id} before it is good` : 'no other can be relied on',
      ],
      candidates: bad.candidates,
      next: [...bad.next, `ops backup --target ${name}`],
    }),
  ]
}

/** Whether it is still good only reading tells: who copies a file to another disk writes it as well. */
function changed({ name, newestGood }: TargetTroubles): readonly Found[] {
  const good = seen(newestGood)
  if (!good?.changed) return []
  const needs = `reading it: ops backup verify ${good.id}`
  return [
    found('stale', 'unknown', 'backup-changed', {
      about: name,
      says: `the file of ${good.id} was written to after it was last read`,
      because: ['it was good then, which says nothing of what is in it now'],
      candidates: [
        { cause: 'backup-damaged', needs },
        { cause: 'copied-without-times', needs },
      ],
      next: [`ops backup verify ${good.id}`],
    }),
  ]
}

/** Of a place that could not be looked at that is told instead. */
function copyMissing(
  { name, newestGood }: TargetTroubles,
  places: TroubleEvidence['places'],
): readonly Found[] {
  const good = seen(newestGood)
  if (!good) return []
  return places.flatMap(({ name: place, holds }) => {
    const there = holds?.[name]
    if (!there || there.includes(good.id)) return []
    return [
      found('stale', 'warn', 'copy-missing', {
        about: name,
        says: `${good.id} is not at the place "${place}"`,
        because: [
          there.length === 0
            ? `nothing of ${name} is there`
            : `there are ${there.length.toString()} others`,
        ],
        candidates: [
          { cause: 'never-copied', needs: `how copying ended: ops backup show ${good.id}` },
          { cause: 'removed-there', needs: 'whoever may write there' },
          { cause: 'place-unreachable', ruledOutBy: 'it was looked at just now' },
        ],
        next: [`ops backup copy --target ${name}`],
      }),
    ]
  })
}
