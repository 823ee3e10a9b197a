import { Cron } from 'croner'

/** The next `count` times of an expression after a moment, in the time zone given (the machine's by default). */
export function nextTimes(
  expression: string,
  after: Date,
  count: number,
  timezone?: string,
): readonly Date[] {
  return cron(expression, timezone).nextRuns(count, after)
}

/** The last time of an expression before a moment; nothing where there was none. */
export function lastTime(expression: string, before: Date, timezone?: string): Date | undefined {
  return cron(expression, timezone).previousRuns(1, before)[0]
}

function cron(expression: string, timezone: string | undefined): Cron {
  return new Cron(expression, { mode: '5-part', ...(timezone === undefined ? {} : { timezone }) })
}
