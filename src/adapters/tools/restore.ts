import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { RestoreOutcome, RestoreRequest } from '../../ports/tools.js'
import { restoreArguments, toolConfiguration } from './arguments.js'
import { drained } from './drained.js'
import { LineTail } from './lineTail.js'
import { redactor } from './redact.js'
import { restoreSummary } from './summary.js'
import type { ToolHost } from './toolHost.js'
import { processMark, restoreWrapper, wrapped } from './wrapper.js'

/**
 * Feeds a raw archive to mongorestore and waits for it to leave. What the tool did is in the outcome; the source's own
 * error, or the signal's reason, is thrown after the tool is gone.
 */
export async function runRestore(
  host: ToolHost,
  request: RestoreRequest,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  signal.throwIfAborted()
  let processNumber: number | undefined
  const tail = new LineTail(redactor(host.secrets), (line) => {
    if (line.startsWith(processMark)) processNumber = Number(line.slice(processMark.length))
  })
  const process = await host.start(wrapped(restoreWrapper, restoreArguments(request)), (chunk) => {
    tail.add(chunk)
  })
  const stop = () => {
    process.stdin.end()
    if (processNumber !== undefined) void host.terminate(processNumber).catch(() => undefined)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const left = drained(process.stdout)
    const problem = await feed(process.stdin, toolConfiguration(host.uri), source, left, signal)
    if (problem !== undefined) stop()
    await left
    const exitCode = await process.exitCode()
    signal.throwIfAborted()
    if (problem !== undefined) throw problem.error
    const lines = tail.lines().filter((line) => !line.startsWith(processMark))
    const because = exitCode === 0 ? undefined : await host.explain(exitCode)
    return {
      exitCode,
      lines,
      ...(restoreSummary(lines) ?? { restored: 0, failed: 0 }),
      ...(because === undefined ? {} : { because }),
    }
  } finally {
    signal.removeEventListener('abort', stop)
    process.destroy()
  }
}

/** Writes the source with backpressure until it ends or the tool leaves; hands back the source's error instead of throwing it. */
async function feed(
  input: Writable,
  configuration: string,
  source: AsyncIterable<Uint8Array>,
  left: Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly error: unknown } | undefined> {
  const tool = { gone: false }
  const leaving = left.finally(() => {
    tool.gone = true
  })
  leaving.catch(() => undefined)
  input.write(configuration)
  try {
    for await (const chunk of source) {
      if (tool.gone || signal.aborted || !input.writable) break
      if (!input.write(chunk)) await Promise.race([once(input, 'drain'), leaving])
    }
  } catch (error) {
    return { error }
  }
  input.end()
  return undefined
}
