import { z } from 'zod'
import type { Path } from './problem.js'
import { valueAt } from './tree.js'

/**
 * The keys that the schema knows at a path of a file; none where any name goes. Of kinds that are told apart by a word, those of
 * the kind that stands there.
 */
export function knownKeys(
  schema: z.core.$ZodType,
  [first, ...rest]: Path,
  file: unknown,
): readonly string[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodUnion) {
    const path = first === undefined ? [] : [first, ...rest]
    return optionsOf(inner, file).flatMap((option) => [...knownKeys(option, path, file)])
  }
  if (first === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  const below = valueAt(file, [first])
  if (inner instanceof z.ZodObject) {
    const next = shapeOf(inner)[first]
    return next === undefined ? [] : knownKeys(next, rest, below)
  }
  if (inner instanceof z.ZodRecord) return knownKeys(inner.valueType, rest, below)
  return inner instanceof z.ZodArray ? knownKeys(inner.element, rest, below) : []
}

function optionsOf(union: z.ZodUnion, file: unknown): readonly z.core.$ZodType[] {
  const { options } = union
  if (!(union instanceof z.ZodDiscriminatedUnion)) return options
  const { discriminator } = union.def
  const word = valueAt(file, [discriminator])
  return options.filter((option) => {
    const marked = option instanceof z.ZodObject ? shapeOf(option)[discriminator] : undefined
    return marked !== undefined && z.safeParse(marked, word).success
  })
}

function shapeOf(object: z.ZodObject): Readonly<Record<string, z.core.$ZodType | undefined>> {
  return object.shape
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodExactOptional ? unwrapped(schema.unwrap()) : schema
}
