import type { DumpRequest, DumpRun, ToolOutcome } from '../../ports/tools.js'
import { dumpArguments, toolConfiguration } from './arguments.js'
import { LineTail } from './lineTail.js'
import { redactor } from './redact.js'
import type { ToolHost, ToolProcess } from './toolHost.js'
import { dumpWrapper, wrapped } from './wrapper.js'

/** Milliseconds that a mongodump gets to leave after it was told to stop. */
const leavePatience = 5_000

/** Starts mongodump there. Reading `raw` to its end, or leaving it early, ends the process; only then is `outcome` known. */
export async function startDump(
  host: ToolHost,
  request: DumpRequest,
  signal: AbortSignal,
): Promise<DumpRun> {
  signal.throwIfAborted()
  const tail = new LineTail(redactor(host.secrets))
  const process = await host.start(
    wrapped(host.carried.wrapper + dumpWrapper, dumpArguments(request)),
    (chunk) => {
      tail.add(chunk)
    },
  )
  process.stdin.write(host.carried.input + toolConfiguration(host.uri))

  let settle: (outcome: Promise<ToolOutcome>) => void = () => undefined
  const outcome = new Promise<ToolOutcome>((resolve) => {
    settle = resolve
  })
  outcome.catch(() => undefined)
  const leave = async (): Promise<ToolOutcome> => {
    const exitCode = await process.exitCode()
    process.destroy()
    const because = exitCode === 0 ? undefined : await host.explain(exitCode)
    return { exitCode, lines: tail.lines(), ...(because === undefined ? {} : { because }) }
  }
  return {
    engine: host.name,
    fellBack: [],
    raw: reading(process, signal, () => {
      settle(leave())
    }),
    outcome,
  }
}

/** The archive as it comes; whoever stops reading, or the signal, stops mongodump through its watchdog. */
async function* reading(
  process: ToolProcess,
  signal: AbortSignal,
  left: () => void,
): AsyncGenerator<Uint8Array> {
  const stop = () => {
    process.stdin.end()
    setTimeout(() => {
      process.destroy()
    }, leavePatience).unref()
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    yield* process.stdout
    signal.throwIfAborted()
  } catch (error) {
    // What the stream reports after an abort is only an echo of it.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    left()
  }
}
