import type { DumpRequest, DumpRun, ToolOutcome } from '../../ports/tools.js'
import { dumpArguments, patienceArguments, toolConfiguration } from './arguments.js'
import { LineTail } from './lineTail.js'
import { redactor } from './redact.js'
import { readUntil } from './readUntil.js'
import type { ToolHost } from './toolHost.js'
import { dumpWrapper, wrapped } from './wrapper.js'

/** Milliseconds that a mongodump gets to leave after it was told to stop. */
const leavePatience = 5_000

/**
 * Starts mongodump there. Reading `raw` to its end, leaving it early, or the signal ends the process; only then is `outcome`
 * known.
 */
export async function startDump(
  host: ToolHost,
  request: DumpRequest,
  signal: AbortSignal,
): Promise<DumpRun> {
  signal.throwIfAborted()
  const tail = new LineTail(redactor(host.secrets))
  const process = await host.start(
    wrapped(host.carried.wrapper + dumpWrapper, [
      ...dumpArguments(request),
      ...patienceArguments(host.uri),
    ]),
    (chunk) => {
      tail.add(chunk)
    },
  )
  process.stdin.write(host.carried.input + toolConfiguration(host.uri))

  const leave = async (): Promise<ToolOutcome> => {
    // Its watchdog stops it.
    process.stdin.end()
    setTimeout(() => {
      process.destroy()
    }, leavePatience).unref()
    const exitCode = await process.exitCode()
    process.destroy()
    const because = exitCode === 0 || signal.aborted ? undefined : await host.explain(exitCode)
    return { exitCode, lines: tail.lines(), ...(because === undefined ? {} : { because }) }
  }
  return { engine: host.name, fellBack: [], ...readUntil(process.stdout, signal, leave) }
}
