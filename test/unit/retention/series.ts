import fc from 'fast-check'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import type { RetentionRequest } from '../../../src/domain/retention/judge.js'
import type { Shelved } from '../../../src/domain/retention/verdict.js'
import { trustLevels } from '../../../src/domain/trust.js'

export const hour = 3_600_000
export const day = 24 * hour

/** Keeps nothing but what no policy may remove. */
export const nothing: RetentionPolicy = {
  keepWithinSeconds: 0,
  last: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  minGood: 1,
}

/** A good backup of that moment. */
export function backup(takenAt: string, changes: Partial<Shelved> = {}): Shelved {
  return {
    id: `medical-${takenAt}`,
    takenAt: new Date(takenAt).toISOString(),
    purpose: 'backup',
    trust: 'sound',
    present: true,
    ...changes,
  }
}

/** A request in UTC with nothing that needs a backup. */
export function request(
  now: string,
  policy: Partial<RetentionPolicy>,
  changes: Partial<RetentionRequest> = {},
): RetentionRequest {
  return {
    policy: { ...nothing, ...policy },
    timeZone: 'UTC',
    now: new Date(now),
    neededBy: () => [],
    undoes: () => [],
    ...changes,
  }
}

/** Zones with summer time on both halves of the earth, of half an hour, and with odd offsets. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
]

const start = Date.parse('2024-01-01T00:00:00Z')

const one = fc.record({
  // Hours since the backup before: often a day, sometimes minutes, sometimes a long gap, sometimes a clock put back.
  gap: fc.oneof(
    { weight: 6, arbitrary: fc.constant(24) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: -60, max: 24 * 90 }) },
  ),
  purpose: fc.constantFrom('backup', 'backup', 'backup', 'safety'),
  trust: fc.constantFrom(...trustLevels, 'sound', 'sound'),
  present: fc.constantFrom(true, true, true, true, false),
})

/** A shelf as the years make it: missing days, bad backups, a clock that jumps, or all of it without a sequence. */
export const shelves = fc
  .tuple(fc.boolean(), fc.array(one, { maxLength: 24 }))
  .map(([numbered, parts]) => {
    let at = start
    return parts.map(({ gap, ...rest }, index): Shelved => {
      at += gap * hour
      return {
        id: `b${index.toString()}`,
        takenAt: new Date(at).toISOString(),
        ...(numbered ? { sequence: index + 1 } : {}),
        ...(rest as Pick<Shelved, 'purpose' | 'trust' | 'present'>),
      }
    })
  })

const count = fc.integer({ min: 0, max: 5 })

export const policies: fc.Arbitrary<RetentionPolicy> = fc.record({
  keepWithinSeconds: fc.constantFrom(0, 3_600, 86_400, 7 * 86_400),
  last: count,
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  minGood: fc.integer({ min: 1, max: 4 }),
})

/** A shelf, a policy, a zone, a moment around the end of the series, and backups that something needs. */
export const scenes = fc.record({
  backups: shelves,
  policy: policies,
  timeZone: fc.constantFrom(...zones),
  later: fc.integer({ min: -100, max: 24 * 400 }),
  needed: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { maxLength: 2 }),
  undo: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { maxLength: 2 }),
})

/** What `scenes` gives. */
export type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never

/** The request of a scene. */
export function requestOf({
  backups,
  policy,
  timeZone,
  later,
  needed,
  undo,
}: Scene): RetentionRequest {
  const last = Date.parse(backups.at(-1)?.takenAt ?? new Date(start).toISOString())
  const named = (ids: readonly number[], what: string) => (id: string) =>
    ids.some((index) => id === `b${index.toString()}`) ? [what] : []
  return {
    policy,
    timeZone,
    now: new Date(last + later * hour),
    neededBy: named(needed, 'slices'),
    undoes: named(undo, 'restore-1'),
  }
}
