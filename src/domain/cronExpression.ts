/** Which values of a field match; `every` where the field is a bare `*`, which cron treats apart from a full list. */
export type CronField = 'every' | readonly number[]

/** A cron expression taken apart: sorted values, days of the week from 0 (Sunday) to 6. */
export interface CronTimes {
  readonly minutes: CronField
  readonly hours: CronField
  readonly days: CronField
  readonly months: CronField
  readonly weekdays: CronField
}

interface FieldRule {
  readonly name: keyof CronTimes
  readonly word: string
  readonly least: number
  readonly most: number
  readonly names: readonly string[]
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const weekdayNames = 'sun mon tue wed thu fri sat'.split(' ')

/** The five fields in their order (crontab(5)). Sunday may be written 7 as well. */
const rules: readonly FieldRule[] = [
  { name: 'minutes', word: 'minute', least: 0, most: 59, names: [] },
  { name: 'hours', word: 'hour', least: 0, most: 23, names: [] },
  { name: 'days', word: 'day of the month', least: 1, most: 31, names: [] },
  { name: 'months', word: 'month', least: 1, most: 12, names: monthNames },
  { name: 'weekdays', word: 'day of the week', least: 0, most: 7, names: weekdayNames },
]

/**
 * The five fields of a cron expression, or a sentence that says what is wrong with it. Only what every cron program and
 * systemd read in the same way is taken: numbers, names of months and days, lists, ranges, steps.
 */
export function cronTimes(expression: string): CronTimes | { readonly wrong: string } {
  const fields = expression.trim().split(/\s+/)
  if (fields.length !== rules.length) {
    return {
      wrong: `has ${fields.length.toString()} of the five fields: minute, hour, day of the month, month, day of the week`,
    }
  }
  const times: Record<string, CronField> = {}
  for (const [index, rule] of rules.entries()) {
    const field = valuesOf(fields[index] ?? '', rule)
    if (typeof field === 'string' && field !== 'every') return { wrong: field }
    times[rule.name] = field
  }
  const [, , days = '', , weekdays = ''] = fields
  if (days !== '*' && weekdays !== '*' && `${days}${weekdays}`.includes('*')) {
    return {
      wrong:
        'restricts the day of the month and the day of the week, one of them by "*/…": cron programs differ on what that means; write the days out',
    }
  }
  return times as unknown as CronTimes
}

/** The values of one field, or the sentence that says what is wrong. */
function valuesOf(text: string, rule: FieldRule): readonly number[] | string {
  if (text === '*') return 'every'
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const found = itemValues(item, text, rule)
    if (typeof found === 'string') return found
    for (const value of found) values.add(rule.name === 'weekdays' ? value % 7 : value)
  }
  return [...values].sort((one, other) => one - other)
}

function itemValues(item: string, field: string, rule: FieldRule): readonly number[] | string {
  const { word, least, most } = rule
  const [, range = '', step] = /^([^/]*)(?:\/(\d{1,2}))?$/.exec(item) ?? []
  const [, from = '', to] = /^([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?$/.exec(range) ?? []
  const star = range === '*' && field === item && step !== undefined
  const first = star ? least : numberOf(from, rule)
  // A week that is written to its end ends on a Sunday: fri-sun.
  const sunday = rule.name === 'weekdays' && to?.toLowerCase() === 'sun'
  const end = sunday ? '7' : (to ?? from)
  const last = star ? (rule.name === 'weekdays' ? 6 : most) : numberOf(end, rule)
  if (first === undefined || last === undefined) return `has "${item}" as its ${word}`
  if (first < least || last > most) {
    return `has "${item}" as its ${word}, which goes from ${least.toString()} to ${most.toString()}`
  }
  if (first > last) return `has "${item}" as its ${word}: a range goes upwards`
  const every = step === undefined ? 1 : Number(step)
  if (step !== undefined && !star && to === undefined) {
    return `has "${item}" as its ${word}: a step follows * or a range`
  }
  if (every < 1 || every > most - least) return `has "${item}" as its ${word}: no such step`
  const count = Math.floor((last - first) / every) + 1
  return Array.from({ length: count }, (_, index) => first + index * every)
}

function numberOf(text: string, { names, least }: FieldRule): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  const index = names.indexOf(text.toLowerCase())
  return index === -1 ? undefined : index + least
}
