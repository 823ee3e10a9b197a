import type { z } from 'zod'
import type { RetentionPolicy } from '../domain/retention/policy.js'
import { defaults } from './defaults.js'
import { durationSeconds } from './duration.js'
import type { placeRetentionSchema } from './retentionSchema.js'

/** A section `retention` as it is written; of the shelf's, everything but the trash. */
export type RetentionFile = z.output<ReturnType<typeof placeRetentionSchema>>

/** The policy that a section stands for, defaults filled in. */
export function retentionPolicy(file: RetentionFile): RetentionPolicy {
  const { keepWithin = defaults.retention.keepWithin, ...counts } = file
  const { last, hourly, daily, weekly, monthly, yearly, minGood } = {
    ...defaults.retention,
    ...counts,
  }
  // The schema let only durations through.
  const keepWithinSeconds = durationSeconds(keepWithin) ?? 0
  return { keepWithinSeconds, last, hourly, daily, weekly, monthly, yearly, minGood }
}
