import { Failure } from '../domain/failure.js'
import { milliseconds } from './duration.js'

const withOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

/**
 * A moment in the past as compose takes it: `10m`, `10m ago`, or ISO 8601 with an offset. Throws `TIME_INVALID` (usage):
 * a time without its offset would mean another moment on another machine.
 */
export function since(text: string): string {
  const ago = milliseconds(text.replace(/\s+ago$/, ''))
  if (ago !== undefined) return `${Math.ceil(ago / 1000).toString()}s`
  if (withOffset.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString()
  throw new Failure(
    'usage',
    'TIME_INVALID',
    `"${text}" is neither a duration nor a time with its offset`,
    ['--since 10m', '--since 2026-11-21T13:00:00+01:00'],
  )
}

/** The same as a moment. Throws `TIME_INVALID` (usage). */
export function sinceMoment(text: string, now: Date): Date {
  const ago = milliseconds(text.replace(/\s+ago$/, ''))
  return ago === undefined ? new Date(since(text)) : new Date(now.getTime() - ago)
}
