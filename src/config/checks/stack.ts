import { z } from 'zod'
import { durationSchema } from '../durationSchema.js'
import { containerPattern } from '../names.js'
import { commonKeys, patternKeys, serviceSchema } from './keys.js'

/** A command that knows. */
export function execSchema() {
  return z.strictObject({
    ...commonKeys('exec'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'A program and its arguments; no shell is involved, and what it prints is not shown',
      ),
    service: serviceSchema()
      .describe('Service of the stack: where the command runs, or whose log is read')
      .exactOptional(),
    container: z
      .string()
      .regex(containerPattern, 'is not the name of a container')
      .describe('Container that the command runs in; without this and a service: this machine')
      .exactOptional(),
    exitCodes: z
      .record(
        z.string().regex(/^([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$/, 'is no exit code'),
        z.enum(['ok', 'warn', 'fail', 'unknown']),
      )
      .describe('Exit code to what it means; 0 is ok and any other fails where nothing is said')
      .exactOptional(),
  })
}

/** A log that says too much, or nothing any more. */
export function logSchema() {
  return z.strictObject({
    ...commonKeys('log'),
    service: serviceSchema(),
    ...patternKeys(),
    within: durationSchema().describe('How much of the past is read'),
    min: z.int().min(1).describe('At least so many lines, or documents').exactOptional(),
    max: z.int().min(0).describe('At most so many').exactOptional(),
  })
}
