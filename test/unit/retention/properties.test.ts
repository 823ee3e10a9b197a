import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeRetention } from '../../../src/domain/retention/judge.js'
import type { RetentionRequest } from '../../../src/domain/retention/judge.js'
import type { Shelved } from '../../../src/domain/retention/verdict.js'
import { modelKeeps } from './model.js'
import { day, hour, policies, requestOf, scenes, shelves } from './series.js'

/** The same cases each time. */
const runs = { numRuns: 1_000, seed: 20_261_121 }

const isGood = ({ present, trust }: Shelved) =>
  present && trust !== 'damaged' && trust !== 'unverified'
const isOwn = ({ purpose }: Shelved) => purpose === 'backup'

const keptOf = (backups: readonly Shelved[], request: RetentionRequest) => {
  const verdicts = judgeRetention(backups, request)
  return new Set(verdicts.filter(({ keep }) => keep).map(({ id }) => id))
}

const equal = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one.size === other.size && [...one].every((id) => other.has(id))

describe('whatever is on the shelf, whatever the policy, whatever the clock says', () => {
  test('exactly those are kept that a plain model keeps, each with a reason', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const request = requestOf(scene)
        const verdicts = judgeRetention(scene.backups, request)
        const kept = new Set(verdicts.filter(({ keep }) => keep).map(({ id }) => id))
        return (
          verdicts.length === scene.backups.length &&
          verdicts.every(({ reasons }) => reasons.length > 0) &&
          equal(kept, modelKeeps(scene.backups, request))
        )
      }),
      runs,
    )
  })

  test('something good is always left, the last proved one too, and as many as minGood where there were as many', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { backups, policy } = scene
        const kept = keptOf(backups, requestOf(scene))
        const before = backups.filter(isGood)
        const left = before.filter(({ id }) => kept.has(id))
        const tested = ({ trust }: Shelved) => trust === 'restore-tested'
        return (
          left.length > 0 === before.length > 0 &&
          left.some(tested) === before.some(tested) &&
          left.filter(isOwn).length >= Math.min(policy.minGood, before.filter(isOwn).length)
        )
      }),
      runs,
    )
  })

  test('what something needs, what an undo needs, and what lies in the future is never removed', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const request = requestOf(scene)
        const kept = keptOf(scene.backups, request)
        return scene.backups
          .filter(
            ({ id, takenAt }) =>
              request.neededBy(id).length > 0 ||
              request.undoes(id).length > 0 ||
              Date.parse(takenAt) > request.now.getTime(),
          )
          .every(({ id }) => kept.has(id))
      }),
      runs,
    )
  })

  test('a bad backup changes nothing for the good ones, and running again removes nothing more', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { backups } = scene
        const request = requestOf(scene)
        const kept = keptOf(backups, request)
        const good = backups.filter(isGood)
        const alone = keptOf(good, request)
        const left = backups.filter(({ id }) => kept.has(id))
        return (
          good.every(({ id }) => kept.has(id) === alone.has(id)) &&
          equal(keptOf(left, request), kept)
        )
      }),
      runs,
    )
  })

  test('while time passes and a run follows every step, something good is always left', () => {
    fc.assert(
      fc.property(
        shelves,
        policies,
        fc.array(fc.integer({ min: -48, max: 24 * 60 }), { minLength: 1, maxLength: 5 }),
        (backups, policy, steps) => {
          let left: readonly Shelved[] = backups
          let now = Date.parse(backups.at(-1)?.takenAt ?? '2024-01-01T00:00:00Z')
          return steps.every((step) => {
            now += step * hour
            const kept = keptOf(left, {
              policy,
              timeZone: 'Europe/Berlin',
              now: new Date(now),
              neededBy: () => [],
              undoes: () => [],
            })
            left = left.filter(({ id }) => kept.has(id))
            return left.some(isGood) === backups.some(isGood)
          })
        },
      ),
      runs,
    )
  })
})

test('a year of daily backups, pruned daily, has every period of the policy at its end', () => {
  const policy = {
    keepWithinSeconds: 0,
    last: 0,
    hourly: 0,
    daily: 7,
    weekly: 4,
    monthly: 12,
    yearly: 0,
    minGood: 3,
  }
  let left: readonly Shelved[] = []
  const start = Date.parse('2025-11-21T01:00:00Z')
  for (let at = 0; at <= 365; at++) {
    const takenAt = new Date(start + at * day).toISOString()
    left = [
      ...left,
      {
        id: takenAt.slice(0, 10),
        takenAt,
        sequence: at + 1,
        purpose: 'backup' as const,
        trust: 'sound' as const,
        present: true,
      },
    ]
    const kept = keptOf(left, {
      policy,
      timeZone: 'Europe/Berlin',
      now: new Date(start + at * day + hour),
      neededBy: () => [],
      undoes: () => [],
    })
    left = left.filter(({ id }) => kept.has(id))
  }
  expect(left.map(({ id }) => id)).toEqual([
    '2025-12-31',
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
    '2026-05-31',
    '2026-06-30',
    '2026-07-31',
    '2026-08-31',
    '2026-09-30',
    '2026-10-31',
    '2026-11-01',
    '2026-11-08',
    '2026-11-15',
    '2026-11-16',
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
    '2026-11-21',
  ])
})
