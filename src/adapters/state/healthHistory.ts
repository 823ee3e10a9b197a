import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { withRun, type HealthStretch } from '../../domain/health.js'
import type { Clock } from '../../ports/clock.js'
import type { HealthHistory, HeldHistory } from '../../ports/healthHistory.js'
import type { Host } from '../../ports/host.js'
import type { Held, Locks } from '../../ports/locks.js'
import { isMissing, makeFolder, writeDurably } from '../disk/durable.js'
import { fileLocks } from './locks.js'
import { stateFailure } from './stateFailure.js'

/** Bytes that the file may have: of more the oldest lines go. */
const largest = 1_000_000

/** Milliseconds between two tries for the lock. */
const pause = 50

const severities: ReadonlySet<unknown> = new Set(['ok', 'warn', 'fail', 'unknown'])

/**
 * The history of one stack as lines of JSON below the state folder, a line for runs that found the same. Two stacks of one name are
 * told apart by where their `ops.yaml` lies.
 */
export function fileHealthHistory(
  stateFolder: string,
  stack: { readonly name: string; readonly file: string },
  clock: Clock,
  host: Host,
): HealthHistory {
  const folder = join(stateFolder, 'health')
  const place = createHash('sha256').update(stack.file).digest('hex').slice(0, 8)
  const name = `${stack.name}-${place}`
  const path = join(folder, `${name}.ndjson`)
  const locks = fileLocks(stateFolder, clock, host)
  return {
    read: () => readHistory(path),

    async record(run, signal) {
      const lock = await taken(locks, `health.${name}`, clock, signal)
      try {
        await makeFolder(folder)
        const { stretches } = await readHistory(path)
        signal.throwIfAborted()
        await writeDurably(path, linesOf(withRun(stretches, run)))
      } catch (error) {
        throw stateFailure(folder, error)
      } finally {
        await lock.release()
      }
    },
  }
}

/** Runs that end at the same moment wait for each other, for as long as the signal lets them. */
async function taken(locks: Locks, name: string, clock: Clock, signal: AbortSignal): Promise<Held> {
  for (;;) {
    try {
      return await locks.take(name, 'health')
    } catch (error) {
      if (!(error instanceof Failure && error.kind === 'locked')) throw error
      await clock.sleep(pause, signal)
    }
  }
}

async function readHistory(path: string): Promise<HeldHistory> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return { stretches: [], damaged: 0 }
    throw new Failure(
      'environment',
      'STATE_UNREADABLE',
      `what earlier runs found cannot be read: ${path}`,
      [`ls -l ${path}`],
      { cause: error },
    )
  }
  const lines = text.split('\n').filter((line) => line !== '')
  const stretches = lines.flatMap((line) => stretchOf(line) ?? [])
  return { stretches, damaged: lines.length - stretches.length }
}

/** The newest lines that there is room for. */
function linesOf(stretches: readonly HealthStretch[]): string {
  let bytes = 0
  const lines: string[] = []
  for (const stretch of stretches.toReversed()) {
    const line = `${JSON.stringify(stretch)}\n`
    bytes += Buffer.byteLength(line)
    if (bytes > largest) break
    lines.push(line)
  }
  return lines.reverse().join('')
}

function stretchOf(line: string): HealthStretch | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return isStretch(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isStretch(parsed: unknown): parsed is HealthStretch {
  if (typeof parsed !== 'object' || parsed === null) return false
  const { from, to, runs, checks, free } = parsed as Readonly<Record<string, unknown>>
  return (
    isTime(from) &&
    isTime(to) &&
    Number.isInteger(runs) &&
    typeof checks === 'object' &&
    checks !== null &&
    Object.values(checks).every((severity) => severities.has(severity)) &&
    (free === undefined || isFree(free))
  )
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function isFree(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { first, last } = value as Readonly<Record<string, unknown>>
  return Number.isFinite(first) && Number.isFinite(last)
}
