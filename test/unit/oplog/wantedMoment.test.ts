import { describe, expect, test } from 'vitest'
import { wantedMoment } from '../../../src/domain/oplog/wantedMoment.js'
import { failureIn } from '../archive/feeding.js'

const now = new Date('2026-11-21T13:02:04.500Z')
const second = 1_795_266_124
const whole = 0xffff_ffff

const refused = (text: string) => failureIn(Promise.resolve().then(() => wantedMoment(text, now)))

describe('a moment', () => {
  test.each([
    ['2026-11-21T13:02:04Z', second],
    ['2026-11-21T14:02:04+01:00', second],
    ['2026-11-21 12:32:04-00:30', second],
    ['2026-11-21t13:02:04z', second],
    ['2026-11-21T13:02:03.000Z', second - 1],
    ['4s ago', second - 4],
    ['10m ago', second - 600],
    ['2 h ago', second - 7200],
    ['3d ago', second - 3 * 86_400],
  ])('%s is a second with everything in it', (text, seconds) => {
    expect(wantedMoment(text, now)).toEqual({ text, until: { seconds, ordinal: whole } })
  })

  test('of an entry is that entry, the last one that counts', () => {
    const { until } = wantedMoment(` ${second.toString()}:3 `, now)
    expect(until).toEqual({ seconds: second, ordinal: 3 })
  })

  test.each(['2026-11-21T13:02:05Z', '1795266125:1', '2026-11-21T14:02:05+00:30'])(
    'that is still to come is refused: %s',
    async (text) => {
      expect(await refused(text)).toMatchObject({ code: 'MOMENT_FUTURE', kind: 'not-found' })
    },
  )

  test('without its offset is refused, with what would be meant', async () => {
    const failure = await refused('2026-11-21 13:02:04')
    expect(failure).toMatchObject({ code: 'MOMENT_INVALID', kind: 'usage' })
    expect(failure.next[0]).toContain('--to-time 2026-11-21T13:02:04Z')
  })

  test('within a second is refused, with the two that can be meant', async () => {
    const failure = await refused('2026-11-21T14:02:03.250+01:00')
    expect(failure).toMatchObject({ code: 'MOMENT_INVALID', kind: 'usage' })
    expect(failure.next).toEqual([
      expect.stringContaining('2026-11-21T13:02:02Z   (nothing of that second)'),
      expect.stringContaining('2026-11-21T13:02:03Z   (all of that second)'),
    ])
  })

  test.each([
    'yesterday',
    '',
    '10 minutes ago',
    '10m',
    '2026-02-30T10:00:00Z',
    '2026-11-21T25:00:00Z',
    '1950-01-01T00:00:00Z',
    '99999999999:1',
    '1795266124:4294967296',
    '2026-11-21',
  ])('is not "%s"', async (text) => {
    expect(await refused(text)).toMatchObject({ code: 'MOMENT_INVALID', kind: 'usage' })
  })
})
