import type { Path } from './problem.js'

/** The value at a path; nothing where the path is not there. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string | number, unknown>)[part]
        : undefined,
    value,
  )
}

/** A copy of the value without the key that the path ends in. Entries of lists are never taken out. */
export function withoutPath(value: unknown, path: Path): unknown {
  const [first, ...rest] = path
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.map((inner: unknown, index) =>
      index === first ? withoutPath(inner, rest) : inner,
    )
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key !== first) return [[key, inner]]
      return rest.length === 0 ? [] : [[key, withoutPath(inner, rest)]]
    }),
  )
}
