import type { Period } from './policy.js'

/** Names of the periods that a moment falls into, as people of one time zone call them. */
export type PeriodNames = Readonly<Record<Period, string>>

const day = 86_400_000

/**
 * Tells the calendar periods of a moment (milliseconds since 1970) in a time zone (IANA name). Where a clock is put back,
 * the hour that comes twice is two hours; a day of 23 or 25 hours is one day. Weeks are those of ISO 8601, from Monday.
 * Throws a `RangeError` for a name that is no time zone.
 */
export function calendarOf(timeZone: string): (moment: number) => PeriodNames {
  const wall = wallClockOf(timeZone)
  return (moment) => {
    const local = wall(moment)
    const text = new Date(local).toISOString()
    return {
      hourly: `${text.slice(0, 13)}h${offsetText(local - Math.floor(moment / 1000) * 1000)}`,
      daily: text.slice(0, 10),
      weekly: weekOf(local),
      monthly: text.slice(0, 7),
      yearly: text.slice(0, 4),
    }
  }
}

/** Whether a text names a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What the clock on a wall shows, as if it showed UTC; whole seconds. */
type WallClock = (moment: number) => number

/** Making one takes as long as asking it a hundred times. */
const wallClocks = new Map<string, WallClock>()

function wallClockOf(timeZone: string): WallClock {
  const known = wallClocks.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  })
  // The parts tell the order of the numbers; whole texts are made six times faster than parts.
  const order = format.formatToParts(0).flatMap(({ type }) => (type === 'literal' ? [] : [type]))
  const places = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((type) =>
    order.indexOf(type),
  )
  const wall: WallClock = (moment) => {
    const numbers = format.format(moment).match(/\d+/g) ?? []
    const [year = 0, month = 1, date = 1, hours = 0, minutes = 0, seconds = 0] = places.map((at) =>
      Number(numbers[at]),
    )
    return Date.UTC(year, month - 1, date, hours, minutes, seconds)
  }
  wallClocks.set(timeZone, wall)
  return wall
}

function offsetText(milliseconds: number): string {
  const minutes = Math.abs(Math.round(milliseconds / 60_000))
  const two = (value: number) => value.toString().padStart(2, '0')
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** ISO 8601: a week belongs to the year that its Thursday is in. */
function weekOf(local: number): string {
  const weekday = (new Date(local).getUTCDay() + 6) % 7
  const thursday = local + (3 - weekday) * day
  const year = new Date(thursday).getUTCFullYear()
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * day))
  return `${year.toString()}-W${week.toString().padStart(2, '0')}`
}
