const steps = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
] as const

/** Making one takes far longer than using it: a list has thousands of rows. */
let relativeFormat: Intl.RelativeTimeFormat | undefined

/** How long ago (or how far ahead) a moment is: `just now`, `5 min. ago`, `12 hr. ago`, `3 days ago`. */
export function relative(moment: Date, now: Date): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000
  const size = Math.abs(seconds)
  if (size < 45) return 'just now'
  const step = size < 3570 ? steps[0] : size < 2 * 86_400 ? steps[1] : steps[2]
  const [unit, unitSeconds] = step
  relativeFormat ??= new Intl.RelativeTimeFormat('en', { style: 'short' })
  return relativeFormat.format(Math.round(seconds / unitSeconds), unit).replace('.', '')
}

/** A moment in a table: how long ago it was for a person, the moment itself in a pipe. */
export function momentCell(
  moment: string,
  { terminal, now }: { readonly terminal: boolean; readonly now: Date },
): string {
  return terminal ? relative(new Date(moment), now) : moment
}

/** A moment on the clock of whoever reads it: `2026-11-21 14:02 GMT+1`. */
export function absolute(moment: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(moment)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`
}

/** Both: `12 hr ago (2026-11-21 02:00 UTC)`. */
export function both(moment: Date, now: Date, timeZone?: string): string {
  return `${relative(moment, now)} (${absolute(moment, timeZone)})`
}
