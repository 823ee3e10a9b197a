import { exitCodes } from '../domain/exit.js'
import { Failure } from '../domain/failure.js'
import { withoutDocuments } from '../domain/withoutDocuments.js'
import type { RunLog } from './ownLog.js'
import { machineClock } from '../adapters/host/clock.js'

/** Milliseconds for writing it down: whoever waits for the sentence is told where its details are. */
const patience = 1_000

/**
 * What nobody expected, as the failure to end with: `BUG` (failed). Its stack goes to the log, and the sentence says where;
 * where that cannot be written, it says so.
 */
export async function asBug(error: unknown, log: RunLog, milliseconds: number): Promise<Failure> {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  // Nobody expected it, so nobody knows what it quotes.
  const message = withoutDocuments(said)
  log.end('error', {
    exitCode: exitCodes.failed.code,
    milliseconds: Math.round(milliseconds),
    code: 'BUG',
    message,
    stack: trail(error),
  })
  const ended = new AbortController()
  const late = machineClock.sleep(patience, ended.signal).catch(() => undefined)
  const isWritten = await Promise.race([
    log.written().then(() => log.trouble === undefined),
    late.then(() => false),
  ])
  ended.abort()
  const file = log.path ?? ''
  if (!isWritten)
    return bug(message, error, 'ops … --verbose', `its details could not be written to ${file}`)
  return bug(message, error, `tail -n 1 ${file}`, `its details are in ${file}`)
}

function bug(message: string, cause: unknown, next: string, where: string): Failure {
  return new Failure(
    'failed',
    'BUG',
    `this is a bug of ops, not of what it looks after: ${message} (${where})`,
    [next],
    { cause },
  )
}

/** The stacks of an error and of what caused it. */
export function trail(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\ncaused by ${trail(error.cause)}`
}
