/** Documents mongorestore counted. */
export interface RestoreSummary {
  readonly restored: number
  readonly failed: number
}

const pattern =
  /(\d+) document\(s\) restored successfully\. (\d+) document\(s\) failed to restore\./

/**
 * mongorestore's last line, the only place where it admits documents that it could not restore: its exit code is 0 all
 * the same (mongo-tools, mongorestore/main). Nothing where the line is missing.
 */
export function restoreSummary(lines: readonly string[]): RestoreSummary | undefined {
  for (const line of lines.toReversed()) {
    const found = pattern.exec(line)
    if (found) return { restored: Number(found[1]), failed: Number(found[2]) }
  }
  return undefined
}
