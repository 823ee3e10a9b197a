import { z } from 'zod'
import { fieldTypes } from '../domain/fieldTypes.js'
import { indexPattern, pathPattern, pathsPattern } from './names.js'

/** What is expected of one collection. */
export function expectationSchema() {
  return z.strictObject(expectationKeys())
}

/** The keys of it, for whoever has others beside them. */
export function expectationKeys() {
  const count = z.int().min(0)
  return {
    documents: z
      .strictObject({ min: count.exactOptional(), max: count.exactOptional() })
      .describe('How many documents there may be')
      .exactOptional(),
    indexes: z
      .array(z.string().regex(indexPattern, 'is not field, field:-1 or several with commas'))
      .describe(
        'Indexes that must be there: fields, and behind them `unique`, `sparse`, `hidden`, `ttl=SECONDS`',
      )
      .exactOptional(),
    required: z
      .array(path())
      .describe('Dotted paths that have a value in every document')
      .exactOptional(),
    types: z
      .record(path(), z.array(z.enum(fieldTypes)).min(1))
      .describe('Dotted path to the types that its values may have')
      .exactOptional(),
    unique: z
      .array(z.string().regex(pathsPattern, noPath))
      .describe('Dotted paths that no two documents have the same values of; with commas: together')
      .exactOptional(),
  }
}

const noPath = 'is no dotted path (no part of it is empty or begins with $)'

const path = (): z.ZodString => z.string().regex(pathPattern, noPath)
