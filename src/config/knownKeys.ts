import { z } from 'zod'
import type { Path } from './problem.js'

/** The keys that the schema knows at a path; none where any name goes. */
export function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  const inner = unwrapped(schema)
  const [first, ...rest] = path
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option: z.core.$ZodType) => [...knownKeys(option, path)])
  }
  if (first === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, z.core.$ZodType | undefined>
    const next = shape[first]
    return next === undefined ? [] : knownKeys(next, rest)
  }
  if (inner instanceof z.ZodRecord) return knownKeys(inner.valueType, rest)
  return inner instanceof z.ZodArray ? knownKeys(inner.element, rest) : []
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodExactOptional ? unwrapped(schema.unwrap()) : schema
}
