/** So many seconds as people say it: `0.3 s`, `1 min 58 s`, `3 h 05 min`, `12 days`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (Math.round(seconds) < 60) return `${Math.round(seconds).toString()} s`
  if (Math.round(seconds) < 3600) return pair(Math.round(seconds), 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return pair(minutes, 60, 'h', 'min')
  return `${Math.round(minutes / 60 / 24).toString()} days`
}

function pair(value: number, size: number, big: string, small: string): string {
  const rest = (value % size).toString().padStart(2, '0')
  return `${Math.floor(value / size).toString()} ${big} ${rest} ${small}`
}
