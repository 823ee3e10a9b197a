import type { SecretReference } from '../domain/secret.js'
import type { Schedule, ScheduledJob } from '../domain/schedule.js'
import { defaults } from './defaults.js'
import { durationSeconds } from './duration.js'
import type { ConfigFile } from './schema.js'
import { secretReference } from './secrets.js'

/** The schedule that a checked file stands for. */
export function scheduleOf(file: ConfigFile['schedule']): Schedule {
  const { backup, verify } = file ?? {}
  return {
    ...(backup === undefined
      ? {}
      : {
          backup: {
            ...jobOf(backup),
            ...(backup.target === undefined ? {} : { target: backup.target }),
            retries: backup.retries ?? defaults.schedule.retries,
            lockWaitSeconds: seconds(backup.lockWait ?? defaults.schedule.lockWait),
          },
        }),
    ...(verify === undefined ? {} : { verify: jobOf(verify) }),
  }
}

/** Who is told of backups. */
export function deadmanOf(
  file: ConfigFile['notify'],
  absolute: (path: string) => string,
): SecretReference | undefined {
  const url = file?.deadman?.url
  return url === undefined ? undefined : secretReference(url, absolute)
}

function jobOf(file: {
  readonly cron: string
  readonly randomDelay?: string | undefined
}): ScheduledJob {
  return {
    cron: file.cron,
    randomDelaySeconds: seconds(file.randomDelay ?? defaults.schedule.randomDelay),
  }
}

/** The schema let only durations through. */
function seconds(text: string): number {
  return durationSeconds(text) ?? 0
}
