/** So many seconds, roughly, as people say it: `40 s`, `12 min`, `26 h`, `9 days`. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds).toString()} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60).toString()} min`
  if (seconds < 72 * 3600) return `${Math.round(seconds / 3600).toString()} h`
  return `${Math.round(seconds / 86_400).toString()} days`
}

const units = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const

/** So many bytes, in decimal units: `12 kB`, `340 MB`, `78 GB`. */
export function size(bytes: number): string {
  const [one, unit] = units.find(([least]) => bytes >= least) ?? [1e3, 'kB']
  const value = bytes / one
  return `${(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)).toString()} ${unit}`
}

/** Permission bits as `chmod` takes them: `0644`. */
export function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, '0')}`
}

export { counted } from '../../domain/counted.js'
