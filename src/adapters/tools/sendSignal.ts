import { runTool } from './runTool.js'
import type { ToolHost } from './toolHost.js'

/** Milliseconds that sending a signal may take. */
const patience = 3_000

/**
 * Sends a signal to a process where `host` starts what it starts, by its number there: with the shell's own `kill`, for few
 * images have a program of that name. Throws where that did not succeed.
 */
export async function sendSignal(
  host: Pick<ToolHost, 'start'>,
  processNumber: number,
  signal: 'TERM' | 'KILL',
): Promise<void> {
  const { exitCode } = await runTool(
    host,
    ['sh', '-c', 'kill "-$1" "$2"', 'sh', signal, processNumber.toString()],
    patience,
  )
  if (exitCode !== 0) throw new Error(`kill left with exit code ${exitCode.toString()}`)
}
