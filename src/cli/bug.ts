import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { stateFolder } from '../config/folders.js'
import { Failure } from '../domain/failure.js'
import { scrub } from '../domain/scrub.js'
import { surroundings } from './surroundings.js'

/**
 * What nobody expected, as the failure to end with: `BUG` (failed). Its stack goes to `ops.log` in the state folder, and
 * the sentence says where; where that cannot be written either, it says so.
 */
export async function asBug(error: unknown, command: string): Promise<Failure> {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const folder = stateFolder(surroundings())
  const file = join(folder, 'ops.log')
  const entry = {
    time: new Date().toISOString(),
    level: 'error',
    code: 'BUG',
    command,
    message: scrub(message),
    stack: scrub(trail(error)),
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await appendFile(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
  } catch {
    return bug(message, error, 'ops … --verbose', `its details could not be written to ${file}`)
  }
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
