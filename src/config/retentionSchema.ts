import { z } from 'zod'
import { isTimeZone } from '../domain/retention/calendar.js'
import { durationSchema } from './durationSchema.js'

/** `retention` of a place: the same, without the trash that a place does not have. */
export function placeRetentionSchema() {
  return retentionSchema()
    .omit({ trash: true })
    .describe('Which copies stay here; without this section those that backup.retention keeps')
}

/** `backup.retention`: which backups are kept. Without the section nothing is ever removed. */
export function retentionSchema() {
  const count = z.int().min(0).max(100_000)
  return z
    .strictObject({
      keepWithin: durationSchema().describe('Everything younger is kept').exactOptional(),
      last: count.describe('So many of the newest good ones').exactOptional(),
      hourly: count.describe('The newest good one of each of so many hours').exactOptional(),
      daily: count.describe('The newest good one of each of so many days').exactOptional(),
      weekly: count.describe('The same for weeks, from Monday').exactOptional(),
      monthly: count.describe('The same for months').exactOptional(),
      yearly: count.describe('The same for years').exactOptional(),
      minGood: z
        .int()
        .min(1)
        .describe('So many good backups are kept whatever else')
        .exactOptional(),
      trash: durationSchema()
        .describe('How long a removed backup can be brought back')
        .exactOptional(),
    })
    .describe('Which backups are kept; without this section nothing is removed')
}

/** `timeZone`: where days, weeks and months are counted. */
export function timeZoneSchema() {
  return z
    .string()
    .refine(isTimeZone, { error: 'is not a time zone such as Europe/Berlin or UTC' })
    .describe("Where days and weeks are counted (IANA name); default: the machine's")
}
