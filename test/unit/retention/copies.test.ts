import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCopies, type Copied } from '../../../src/domain/retention/copies.js'
import { isKeepable, judgeRetention } from '../../../src/domain/retention/judge.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import type { Shelved } from '../../../src/domain/retention/verdict.js'
import { backup, hour, policies, request, shelves } from './series.js'

const copy = (takenAt: string, changes: Partial<Copied> = {}): Copied => ({
  ...backup(takenAt),
  onShelf: 'good',
  ...changes,
})
const judged = (copies: readonly Copied[], shelfHasGood = true) =>
  judgeCopies(copies, {
    ...request('2026-11-21T12:00:00Z', { last: 1 }, { called: 'the retention of usb' }),
    shelfHasGood: () => shelfHasGood,
  }).map(({ keep, reasons }) => ({ keep, ...reasons[0] }))

describe('copies at a place', () => {
  const days = ['2026-11-21', '2026-11-20', '2026-11-19'].map((date) => `${date}T02:00:00Z`)
  const [newest = '', middle = '', oldest = ''] = days

  test('go by the rules of the shelf, in the name of the policy of the place', () => {
    expect(judged([copy(newest), copy(oldest)])).toMatchObject([
      { keep: true, rule: 'last-good' },
      { keep: false, rule: 'not-kept', says: 'no rule of the retention of usb keeps it' },
    ])
  })

  test('all stay while the shelf holds no good one', () => {
    expect(judged([copy(newest), copy(oldest, { onShelf: 'gone' })], false)).toMatchObject([
      { keep: true, rule: 'last-good' },
      { keep: true, rule: 'only-good' },
    ])
  })

  test('stay where their backup is no longer good on the shelf', () => {
    expect(
      judged([
        copy(newest),
        copy(middle, { onShelf: 'not good' }),
        copy(oldest, { onShelf: 'gone' }),
      ]),
    ).toMatchObject([
      { keep: true, rule: 'last-good' },
      { keep: true, rule: 'only-good', says: 'on the shelf it is not good any more' },
      { keep: false, rule: 'not-kept' },
    ])
  })

  test('that are not known to be whole stay, and take no place of a good one', () => {
    const doubt = 'its SHA-256 is another one'
    expect(judged([copy(newest, { doubt }), copy(middle), copy(oldest, { doubt })])).toMatchObject([
      { keep: true, rule: 'no-newer-good' },
      { keep: true, rule: 'last-good' },
      { keep: true, rule: 'in-doubt', says: `it is not known to be whole: ${doubt}` },
    ])
  })

  test('copies of the data files are asked apart: the shelf may hold archives only', () => {
    const verdicts = judgeCopies(
      [newest, oldest].map((at) => copy(at, { content: 'dataFiles' })),
      {
        ...request('2026-11-21T12:00:00Z', { last: 1 }),
        shelfHasGood: (content) => content !== 'dataFiles',
      },
    )
    expect(verdicts.map(({ keep }) => keep)).toEqual([true, true])
  })
})

/** What lies on the shelf and in two places, each with what became of it. */
interface Hospital {
  readonly shelf: readonly Shelved[]
  readonly places: readonly (readonly Copied[])[]
}

const fate = fc.constantFrom('whole', 'whole', 'whole', 'doubtful', 'lost', 'absent')

/** Backups of the years, each on the shelf or not, and in each place whole, doubtful, without its file, or not at all. */
const hospitals: fc.Arbitrary<Hospital> = fc
  .tuple(
    shelves,
    fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
    fc.array(fc.array(fate, { minLength: 24, maxLength: 24 }), { minLength: 2, maxLength: 2 }),
  )
  .map(([all, onShelf, fates]) => ({
    shelf: all.filter((_, index) => onShelf[index]),
    places: fates.map((here) =>
      all.flatMap((one, index): Copied[] => {
        const what = here[index]
        if (what === 'absent') return []
        const sound = {
          ...one,
          trust: 'sound' as const,
          present: what !== 'lost',
          onShelf: 'gone' as const,
        }
        return [what === 'doubtful' ? { ...sound, doubt: 'it could not be read' } : sound]
      }),
    ),
  }))

const good = (one: Shelved & { readonly doubt?: string }) =>
  isKeepable(one) && one.doubt === undefined
const goodIn = ({ shelf, places }: Hospital) => [shelf, ...places].flat().filter(good).length

/** One run as `ops backup prune` makes it: the shelf, then each place, by what is on the shelf then. */
function run({ shelf, places }: Hospital, policy: readonly RetentionPolicy[], now: Date): Hospital {
  const asked = (at: number) => ({
    ...request(now.toISOString(), policy[at] ?? {}),
    timeZone: 'Europe/Berlin',
  })
  const kept = <One extends Shelved>(
    all: readonly One[],
    verdicts: ReturnType<typeof judgeRetention>,
  ) => all.filter(({ id }) => verdicts.some((verdict) => verdict.id === id && verdict.keep))
  const left = kept(shelf, judgeRetention(shelf, asked(0)))
  return {
    shelf: left,
    places: places.map((copies, index) => {
      const known = copies.map((one): Copied => {
        const entry = left.find(({ id }) => id === one.id)
        return { ...one, onShelf: !entry ? 'gone' : good(entry) ? 'good' : 'not good' }
      })
      const shelfHasGood = () => left.some((one) => one.purpose === 'backup' && good(one))
      return kept(known, judgeCopies(known, { ...asked(index + 1), shelfHasGood }))
    }),
  }
}

describe('whatever lies where, whatever the policies, whatever the clock says', () => {
  const runs = { numRuns: 600, seed: 20_261_121 }
  const steps = fc.array(fc.integer({ min: -48, max: 24 * 60 }), { minLength: 1, maxLength: 4 })
  const three = fc.array(policies, { minLength: 3, maxLength: 3 })

  test('no run leaves nothing good anywhere, nor in any one place, where there was something', () => {
    fc.assert(
      fc.property(hospitals, three, steps, (before, policy, later) => {
        let now = Date.parse(before.shelf.at(-1)?.takenAt ?? '2025-01-01T00:00:00Z')
        let there = before
        return later.every((hours) => {
          now += hours * hour
          const after = run(there, policy, new Date(now))
          const fine =
            goodIn(after) > 0 === goodIn(there) > 0 &&
            after.places.every((copies, at) => copies.some(good) === there.places[at]?.some(good))
          there = after
          return fine
        })
      }),
      runs,
    )
  })

  test('while the shelf holds nothing good, not one good copy goes', () => {
    fc.assert(
      fc.property(hospitals, three, steps, (before, policy, later) => {
        const empty = { ...before, shelf: before.shelf.filter((one) => !good(one)) }
        const now = new Date(Date.parse('2026-01-01T00:00:00Z') + (later[0] ?? 0) * hour)
        return goodIn(run(empty, policy, now)) === goodIn(empty)
      }),
      runs,
    )
  })

  test('a backup that the shelf lists and has lost or damaged keeps its good copies', () => {
    fc.assert(
      fc.property(hospitals, three, (before, policy) => {
        const now = new Date('2026-01-01T00:00:00Z')
        const after = run(before, policy, now)
        const bad = new Set(after.shelf.filter((one) => !good(one)).map(({ id }) => id))
        return before.places.every((copies, at) =>
          copies
            .filter((one) => good(one) && bad.has(one.id))
            .every(({ id }) => after.places[at]?.some((one) => one.id === id)),
        )
      }),
      runs,
    )
  })
})
