import { Cron } from 'croner'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronTimes, type CronField, type CronTimes } from '../../../src/domain/cronExpression.js'
import { cronLine, onCalendar } from '../../../src/domain/cronText.js'
import { calendarMatches } from './calendar.js'
import { expressions, moments } from './expressions.js'

/** The fields of an expression that is one. */
function times(expression: string): CronTimes {
  const read = cronTimes(expression)
  if ('wrong' in read) throw new Error(read.wrong)
  return read
}

const inUtc = { mode: '5-part', timezone: 'UTC' } as const

describe('a cron expression', () => {
  test.each<[string, Partial<Record<keyof CronTimes, CronField>>]>([
    [
      '15 2 * * *',
      { minutes: [15], hours: [2], days: 'every', months: 'every', weekdays: 'every' },
    ],
    ['*/20 1-5/2 * * *', { minutes: [0, 20, 40], hours: [1, 3, 5] }],
    ['0 0 1,15 jan,JUL *', { days: [1, 15], months: [1, 7] }],
    ['0 0 * * mon-fri', { weekdays: [1, 2, 3, 4, 5] }],
    ['0 0 * * 5-7', { weekdays: [0, 5, 6] }],
    ['0 0 * * fri-Sun', { weekdays: [0, 5, 6] }],
    ['0 0 * * */2', { weekdays: [0, 2, 4, 6] }],
    ['  0   0 * * 7  ', { weekdays: [0] }],
  ])('%s is read', (expression, expected) => {
    expect(times(expression)).toMatchObject(expected)
  })

  test.each([
    ['0 2 * *', 'has 4 of the five fields'],
    ['0 0 2 * * *', 'has 6 of the five fields'],
    ['@daily', 'has 1 of the five fields'],
    ['61 2 * * *', 'has "61" as its minute, which goes from 0 to 59'],
    ['0 24 * * *', 'has "24" as its hour, which goes from 0 to 23'],
    ['0 0 0 * *', 'has "0" as its day of the month, which goes from 1 to 31'],
    ['0 0 * 13 *', 'has "13" as its month'],
    ['0 0 * * 8', 'has "8" as its day of the week'],
    ['0 22-4 * * *', 'has "22-4" as its hour: a range goes upwards'],
    ['5/5 * * * *', 'has "5/5" as its minute: a step follows * or a range'],
    ['*/0 * * * *', 'has "*/0" as its minute: no such step'],
    ['*/60 * * * *', 'has "*/60" as its minute: no such step'],
    ['0 0 L * *', 'has "L" as its day of the month'],
    ['0 0 * * 1#2', 'has "1#2" as its day of the week'],
    ['0 0 15W * *', 'has "15W" as its day of the month'],
    ['? * * * *', 'has "?" as its minute'],
    ['0 0 * * *,1', 'has "*" as its day of the week'],
    ['1, * * * *', 'has "" as its minute'],
    ['0 0 */2 * 1', 'cron programs differ on what that means'],
    ['0 0 1 * */2', 'cron programs differ on what that means'],
  ])('%s is refused', (expression, sentence) => {
    expect(cronTimes(expression)).toEqual({ wrong: expect.stringContaining(sentence) as string })
  })

  test('is one for croner too, whatever it is', () => {
    fc.assert(
      fc.property(expressions(), (expression) => {
        times(expression)
        expect(() => new Cron(expression, inUtc)).not.toThrow()
      }),
    )
  })
})

describe('the same times in another language', () => {
  test.each([
    ['15 2 * * *', '15 2 * * *', ['*-*-* 02:15:00']],
    ['*/15 * * * *', '0-59/15 * * * *', ['*-*-* *:00/15:00']],
    ['0 1-5 * * mon-fri', '0 1-5 * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* 01..05:00:00']],
    ['30 4 1,15 * mon', '30 4 1,15 * 1', ['*-*-01,15 04:30:00', 'Mon *-*-* 04:30:00']],
    ['0 0 29 feb *', '0 0 29 2 *', ['*-02-29 00:00:00']],
    ['5-50/15 3 * * 0', '5-59/15 3 * * 0', ['Sun *-*-* 03:05/15:00']],
    ['5-40/15 3 * * 0', '5,20,35 3 * * 0', ['Sun *-*-* 03:05,20,35:00']],
  ])('%s', (expression, line, calendar) => {
    expect(cronLine(times(expression))).toBe(line)
    expect(onCalendar(times(expression))).toEqual(calendar)
  })

  test('cron runs at the same moments', () => {
    fc.assert(
      fc.property(expressions(), moments(), (expression, moment) => {
        const line = cronLine(times(expression))
        expect(times(line)).toBeDefined()
        expect(new Cron(line, inUtc).match(moment)).toBe(new Cron(expression, inUtc).match(moment))
      }),
      { numRuns: 200 },
    )
  })

  test('systemd runs at the same moments', () => {
    fc.assert(
      fc.property(expressions(), moments(), (expression, moment) => {
        const calendar = onCalendar(times(expression))
        const matches = calendar.some((text) => calendarMatches(text, moment))
        expect(matches, calendar.join(' | ')).toBe(new Cron(expression, inUtc).match(moment))
      }),
      { numRuns: 200 },
    )
  })

  test('the next run of systemd is the next run of croner', () => {
    fc.assert(
      fc.property(expressions(), moments(), (expression, moment) => {
        const next = new Cron(expression, inUtc).nextRun(moment)
        fc.pre(next !== null)
        expect(onCalendar(times(expression)).some((text) => calendarMatches(text, next))).toBe(true)
      }),
    )
  })
})
