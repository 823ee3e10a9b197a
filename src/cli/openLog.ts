import { join } from 'node:path'
import { machineClock } from '../adapters/host/clock.js'
import { machineHost } from '../adapters/host/host.js'
import { rotatedLines } from '../adapters/lines/rotatedLines.js'
import type { LogSettings } from '../config/config.js'
import { exitCodes } from '../domain/exit.js'
import type { Failure } from '../domain/failure.js'
import type { LogLevel } from '../domain/ownLog/level.js'
import type { Door } from './door.js'
import { RunLog } from './ownLog.js'

/** Name of the newest file of the log, in its folder. */
export const ownLogName = 'ops.log'

/** 10 MB each, and five older ones beside it. */
const bounds = { fileBytes: 10 * 1024 * 1024, older: 5 }

/** The log of the run that begins here. It is written once `openLog` says where. */
export function beginLog(command: string, version: string): RunLog {
  const host = machineHost(version)
  const { pid, user } = host
  const log = new RunLog({ run: host.token(), command, now: () => machineClock.now() })
  log.note('info', 'start', { pid, user, version })
  return log
}

/** Has a log written, in the background. */
export function openLog(log: RunLog, { folder, level }: LogSettings, version: string): void {
  const around = { clock: machineClock, host: machineHost(version) }
  log.open(join(folder, ownLogName), rotatedLines(folder, ownLogName, bounds, around), level)
}

/** Notes how a command ended, after so many milliseconds. */
export function endLog(
  log: RunLog,
  exitCode: number,
  milliseconds: number,
  failure?: Failure,
): void {
  log.end(levelOf(exitCode), {
    exitCode,
    milliseconds: Math.round(milliseconds),
    ...(failure ? { code: failure.code, message: sentenceOf(failure) } : {}),
  })
}

/** Milliseconds that a log gets to say whether it is written. */
const patience = 250

/** Says that the log could not be written, if it could not: for whoever asked to be told more. Never throws. */
export async function tellTrouble(log: RunLog, door: Pick<Door, 'notice'>): Promise<void> {
  const ended = new AbortController()
  await Promise.race([
    log.written(),
    machineClock.sleep(patience, ended.signal).catch(() => undefined),
  ])
  ended.abort()
  if (log.trouble !== undefined) door.notice(`! the log could not be written: ${log.trouble}`)
}

function levelOf(exitCode: number): LogLevel {
  if (exitCode === exitCodes.ok.code) return 'info'
  const isMild = exitCode === exitCodes.partial.code || exitCode === exitCodes.degraded.code
  return isMild ? 'warn' : 'error'
}

/** What happened, without what another program said of it. */
function sentenceOf({ message, quotes }: Failure): string {
  return quotes === undefined || quotes === '' ? message : message.replaceAll(quotes, '…')
}
