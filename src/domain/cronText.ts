import type { CronField, CronTimes } from './cronExpression.js'

const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** How one of the two languages writes a range and a step up to the end of the field. */
interface Dialect {
  readonly range: (from: string, to: string) => string
  readonly step: (from: string, most: string, step: string) => string
  readonly number: (value: number) => string
}

const cronDialect: Dialect = {
  range: (from, to) => `${from}-${to}`,
  // Never `*/n`: cron would take the field for an unrestricted one when it combines the two kinds of days.
  step: (from, most, step) => `${from}-${most}/${step}`,
  number: (value) => value.toString(),
}

const calendarDialect: Dialect = {
  range: (from, to) => `${from}..${to}`,
  step: (from, _most, step) => `${from}/${step}`,
  number: (value) => value.toString().padStart(2, '0'),
}

/** The same expression in numbers alone, as every cron program reads it. */
export function cronLine({ minutes, hours, days, months, weekdays }: CronTimes): string {
  return [
    said(minutes, 59, cronDialect),
    said(hours, 23, cronDialect),
    said(days, 31, cronDialect),
    said(months, 12, cronDialect),
    said(weekdays, 6, cronDialect),
  ].join(' ')
}

/**
 * The same times as `OnCalendar=` values (systemd.time(7)), all of which are to be given. Two where both kinds of days are
 * restricted: cron then runs on days that match either, a single value means both.
 */
export function onCalendar(times: CronTimes): readonly string[] {
  const { days, weekdays } = times
  const clock = `${said(times.hours, 23, calendarDialect)}:${said(times.minutes, 59, calendarDialect)}:00`
  const onDays = (text: string) => `*-${said(times.months, 12, calendarDialect)}-${text} ${clock}`
  const ofMonth = onDays(said(days, 31, calendarDialect))
  if (weekdays === 'every') return [ofMonth]
  const ofWeek = `${weekdays.map((day) => weekdayNames[day] ?? '').join(',')} ${onDays('*')}`
  return days === 'every' ? [ofWeek] : [ofMonth, ofWeek]
}

function said(field: CronField, most: number, dialect: Dialect): string {
  if (field === 'every') return '*'
  const [first = 0, second = 0] = field
  const step = second - first
  const last = field.at(-1) ?? first
  const even = field.every((value, index) => value === first + index * step)
  if (field.length > 2 && step > 1 && even && last + step > most) {
    return dialect.step(dialect.number(first), dialect.number(most), step.toString())
  }
  return runsOf(field)
    .map(([from, to]) =>
      from === to ? dialect.number(from) : dialect.range(dialect.number(from), dialect.number(to)),
    )
    .join(',')
}

/** Values that follow each other, as first and last. */
function runsOf(values: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (const value of values) {
    const run = runs.at(-1)
    if (run?.[1] === value - 1) run[1] = value
    else runs.push([value, value])
  }
  return runs
}
