import { z } from 'zod'
import { durationSeconds } from '../duration.js'
import { durationSchema } from '../durationSchema.js'
import { namePattern, namespacePattern, servicePattern } from '../names.js'

/** What every check has, whatever its kind. */
export function commonKeys<Kind extends string>(kind: Kind) {
  return {
    name: z
      .string()
      .regex(namePattern, 'is not a usable name (letters, digits, - and _; at most 63)')
      .describe('What the check is called: its id is `declared:NAME`'),
    kind: z.literal(kind).describe('What is looked at'),
    severity: z
      .enum(['warn', 'fail'])
      .describe('The worst that the check counts as')
      .exactOptional(),
    timeout: durationSchema()
      .refine((text) => (durationSeconds(text) ?? 0) <= 300, { error: 'must be at most 5m' })
      .describe('How long it may take')
      .exactOptional(),
    says: sentence().describe('What is said where it is not ok').exactOptional(),
    next: z.array(sentence()).min(1).describe('What to type then, line by line').exactOptional(),
    prevention: sentence().describe('What keeps it from happening again').exactOptional(),
  }
}

/** One line for people. */
export function sentence() {
  return z
    .string()
    .min(1)
    .max(500, 'is longer than 500 letters')
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line')
}

/** A regular expression, and whether capitals count in it. */
export function patternKeys() {
  return {
    pattern: z
      .string()
      .min(1)
      .superRefine((source, context) => {
        const wrong = wrongWith(source)
        if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
      })
      .describe('Regular expression (JavaScript); `^` and `$` are those of a line')
      .exactOptional(),
    ignoreCase: z.boolean().describe('The pattern matches in capitals or not').exactOptional(),
  }
}

/** No pattern that anybody wrote by hand is longer. */
const longestPattern = 1_000

function wrongWith(source: string): string | undefined {
  if (source.length > longestPattern) return 'is longer than 1000 letters'
  try {
    new RegExp(source)
    return undefined
  } catch (error) {
    return `is not a pattern: ${error instanceof Error ? error.message : 'it cannot be read'}`
  }
}

/** Numbers from which on something is doubtful, and broken. */
export function levelsSchema(least: number, most: number) {
  const number = z.int().min(least).max(most)
  return z.strictObject({ warn: number.exactOptional(), fail: number.exactOptional() })
}

/** Name of a service of the stack. */
export function serviceSchema() {
  return z.string().regex(servicePattern, 'is not the name of a compose service')
}

/** Host to connect to: a name, or an address. */
export function hostSchema() {
  return z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'is not the name or the address of a host')
    .describe('Host, by name or address')
}

/** A port of TCP. */
export function portSchema() {
  return z.int().min(1).max(65_535)
}

/** Which collection of which target is asked. */
export function collectionKeys() {
  return {
    target: z
      .string()
      .min(1)
      .describe('Name of the target; the only one by default')
      .exactOptional(),
    collection: z
      .string()
      .regex(namespacePattern, 'is not DATABASE.COLLECTION')
      .describe('DATABASE.COLLECTION'),
  }
}
