const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Whether an `OnCalendar=` value matches a moment in UTC, by the rules of systemd.time(7), in as far as ops uses them. */
export function calendarMatches(text: string, moment: Date): boolean {
  const [, days, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    /^(?:(\S+) )?([^\s-]+)-([^\s-]+)-(\S+) ([^:]+):([^:]+):([^:]+)$/.exec(text) ?? []
  return (
    (days === undefined || days.split(',').includes(weekdays[moment.getUTCDay()] ?? '')) &&
    part(year, moment.getUTCFullYear()) &&
    part(month, moment.getUTCMonth() + 1) &&
    part(day, moment.getUTCDate()) &&
    part(hour, moment.getUTCHours()) &&
    part(minute, moment.getUTCMinutes()) &&
    part(second, moment.getUTCSeconds())
  )
}

/** `*`, `05`, `01..05`, `00/15` (from 0 on, every 15), and lists of these. */
function part(text: string, value: number): boolean {
  if (text === '*') return true
  return text.split(',').some((item) => {
    const [, from = '', to, step] = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(item) ?? []
    if (from === '') throw new Error(`${item} is not understood`)
    if (step !== undefined)
      return value >= Number(from) && (value - Number(from)) % Number(step) === 0
    return value >= Number(from) && value <= Number(to ?? from)
  })
}
