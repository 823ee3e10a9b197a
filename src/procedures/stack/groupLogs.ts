import { LogReader } from '../../domain/logs/entry.js'
import { LogPatterns, type LogPattern } from '../../domain/logs/patterns.js'
import type { World } from '../../ports/world.js'
import { readLogs, type LogRequest } from './logs.js'

/** What `stack logs --patterns` answers. */
export interface GroupedLogs {
  /** Lines that were read and wanted. */
  readonly lines: number
  /** The worst first. */
  readonly patterns: readonly LogPattern[]
  /** Lines that were too different from each other to be grouped. */
  readonly others: number
}

/** Groups log lines that say the same, in bounded memory. Throws what reading throws. */
export async function groupLogs(
  request: LogRequest,
  world: Pick<World, 'stack' | 'compose' | 'engine'>,
  signal: AbortSignal,
): Promise<GroupedLogs> {
  const [only, ...more] = request.names
  const reader = new LogReader(more.length === 0 ? only : undefined)
  const patterns = new LogPatterns()
  const say = (line: string) => {
    patterns.add(reader.read(line), line)
  }
  await readLogs({ ...request, timed: true }, world, say, signal)
  return { lines: patterns.lines, patterns: patterns.list(), others: patterns.others }
}
