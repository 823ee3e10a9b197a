import { Cron } from 'croner'
import { z } from 'zod'
import { cronTimes } from '../domain/cronExpression.js'
import { durationPattern, durationSeconds } from './duration.js'
import { secretSchema } from './secretSchema.js'

/** Shape of `schedule`: when commands are run without anybody there. */
export function scheduleSchema() {
  const job = {
    cron: z
      .string()
      .superRefine((expression, context) => {
        const wrong = wrongWith(expression)
        if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
      })
      .describe('Minute, hour, day of the month, month, day of the week, as cron has them'),
    randomDelay: span()
      .describe('Start up to this much later, so that not every machine starts at once')
      .exactOptional(),
  }
  const backup = z.strictObject({
    ...job,
    target: z.string().min(1).describe('Only this target; every one by default').exactOptional(),
    retries: z
      .int()
      .min(0)
      .max(10)
      .describe('Further tries after a failure that may pass by itself')
      .exactOptional(),
    lockWait: span().describe('How long to wait for a run that holds the target').exactOptional(),
  })
  return z
    .strictObject({
      backup: backup.describe('`ops backup`').exactOptional(),
      verify: z.strictObject(job).describe('`ops backup verify --all`').exactOptional(),
    })
    .describe('What is run when; `ops schedule install` hands it to cron or systemd')
}

/** Shape of `notify`: who hears of it. */
export function notifySchema() {
  return z.strictObject({
    deadman: z
      .strictObject({
        url: secretSchema().describe(
          'Pinged when a backup starts (/start), is done, fails (/fail)',
        ),
      })
      .describe("A service that raises the alarm when it hears nothing (a dead man's switch)")
      .exactOptional(),
  })
}

/** What keeps a text from being a cron expression that ever comes; nothing where it is one. */
function wrongWith(expression: string): string | undefined {
  const times = cronTimes(expression)
  if ('wrong' in times) return `is not a cron expression: it ${times.wrong}`
  try {
    if (new Cron(expression, { mode: '5-part' }).nextRun() !== null) return undefined
    return 'is a cron expression for a day that never comes'
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read'
    return `is not a cron expression: ${why}`
  }
}

function span() {
  return z
    .string()
    .regex(
      durationPattern,
      'is not a duration: a whole number and s, m, h, d or w, as in 60s, 26h, 7d',
    )
    .refine((text) => (durationSeconds(text) ?? 0) <= 86_400, {
      error: 'must be at most a day (1d)',
    })
}
