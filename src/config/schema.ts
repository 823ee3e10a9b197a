import { z } from 'zod'
import { checksSchema } from './checks/schema.js'
import { copiesSchema } from './copiesSchema.js'
import { durationSchema as duration } from './durationSchema.js'
import { encryptionSchema } from './encryptionSchema.js'
import { kitSchema } from './kitSchema.js'
import { logSchema } from './logSchema.js'
import { namePattern, projectPattern, servicePattern } from './names.js'
import { retentionSchema, timeZoneSchema } from './retentionSchema.js'
import { notifySchema, scheduleSchema } from './scheduleSchema.js'
import { symptomsSchema } from './symptomsSchema.js'
import { targetSchema } from './targetSchema.js'

/** `ops.yaml` as it is written, before defaults and before paths are made absolute. */
export type ConfigFile = z.output<ReturnType<typeof fileSchema>>

/** One entry of `targets` as it is written. */
export type TargetFile = ConfigFile['targets'][string]

/** Shape of `ops.yaml`. Strict: only keys that this version acts on. Made anew for each call; nothing happens at import. */
export function fileSchema() {
  return z.strictObject({
    version: z.literal(1).describe('Version of this file format'),
    name: z
      .string()
      .regex(namePattern, 'is not a usable name (letters, digits, - and _; at most 63)')
      .describe('What this stack is called in reports'),
    timeZone: timeZoneSchema().exactOptional(),
    stack: stackSchema().exactOptional(),
    targets: z
      .record(
        z
          .string()
          .regex(namePattern, 'is not a usable name (letters, digits, - and _; at most 63)'),
        targetSchema(),
      )
      .refine((targets) => Object.keys(targets).length > 0, {
        error: 'must name at least one target',
      })
      .describe('The database servers ops looks after, by the names you type'),
    backup: backupSchema().exactOptional(),
    pitr: z
      .strictObject({ enabled: z.boolean().exactOptional(), every: duration().exactOptional() })
      .describe('Point-in-time recovery; needs a replica set')
      .exactOptional(),
    objectives: z
      .strictObject({
        rto: duration().describe('How long a recovery may take').exactOptional(),
        rpo: duration().describe('How much time of writes may be lost').exactOptional(),
        backupAge: duration().describe('How old the newest good backup may be').exactOptional(),
      })
      .describe('What was promised; ops measures against it')
      .exactOptional(),
    schedule: scheduleSchema().exactOptional(),
    notify: notifySchema().exactOptional(),
    log: logSchema().exactOptional(),
    checks: checksSchema().exactOptional(),
    symptoms: symptomsSchema().exactOptional(),
  })
}

function stackSchema() {
  return z
    .strictObject({
      compose: z
        .array(z.string().min(1))
        .min(1)
        .describe('Compose files, in the order of `docker compose -f`'),
      project: z
        .string()
        .regex(
          projectPattern,
          'is not a name of a compose project (lower-case letters, digits, - and _)',
        )
        .exactOptional(),
      job: z
        .string()
        .regex(servicePattern, 'is not the name of a compose service')
        .describe('Service that runs the pipeline once and exits')
        .exactOptional(),
    })
    .describe('The compose project around the targets')
}

function backupSchema() {
  return z.strictObject({
    shelf: z.string().min(1).describe('Folder of the backups').exactOptional(),
    retention: retentionSchema().exactOptional(),
    compression: z
      .strictObject({
        level: z.int().min(1).max(9).describe('gzip level').exactOptional(),
        dataFilesLevel: z
          .int()
          .min(0)
          .max(9)
          .describe('gzip level of copies of the data files; 0: not compressed again')
          .exactOptional(),
        workers: z.int().min(1).max(64).describe('Worker threads').exactOptional(),
        blockBytes: z
          .int()
          .min(65_536)
          .max(67_108_864)
          .describe('Raw bytes of one gzip member')
          .exactOptional(),
      })
      .exactOptional(),
    encryption: encryptionSchema().exactOptional(),
    copies: copiesSchema().exactOptional(),
    kit: kitSchema().exactOptional(),
  })
}
