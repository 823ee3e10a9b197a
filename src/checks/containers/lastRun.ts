/** Times that a line of a log begins with: mongod's JSON, and what most other programs write. */
const times = [/^\{"t":\{"\$date":"([^"]+)"\}/, /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)/]

/** A clock that writes whole seconds may be behind the one that noted the start. */
const roundedOff = 1000

/**
 * The lines that a container has logged since it was last started: what it complained of before that may be long mended.
 * Lines without a time belong to the line before them. `startedAt` is RFC 3339 UTC.
 */
export function linesOfLastRun(
  lines: readonly string[],
  startedAt: string | undefined,
): readonly string[] {
  const start = startedAt === undefined ? Number.NaN : Date.parse(startedAt)
  if (Number.isNaN(start)) return lines
  const old = lines.findLastIndex((line) => {
    const at = timeOf(line)
    return at !== undefined && at < start - roundedOff
  })
  if (old < 0) return lines
  const first = lines.findIndex((line, at) => at > old && timeOf(line) !== undefined)
  return first < 0 ? lines.slice(old + 1) : lines.slice(first)
}

function timeOf(line: string): number | undefined {
  for (const pattern of times) {
    const text = pattern.exec(line)?.[1]
    const at = text === undefined ? Number.NaN : Date.parse(text)
    if (!Number.isNaN(at)) return at
  }
  return undefined
}
