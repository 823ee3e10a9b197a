import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../domain/failure.js'
import type { RestoreOutcome, RestoreRequest, ToolOutcome } from '../../ports/tools.js'
import { restoreArguments, patienceArguments, toolConfiguration } from './arguments.js'
import { drained } from './drained.js'
import { Ending, patience, type Patience } from './ending.js'
import { feed } from './feed.js'
import { Spoken } from './spoken.js'
import { restoreSummary } from './summary.js'
import type { ToolHost, ToolProcess } from './toolHost.js'
import { restoreWrapper, wrapped } from './wrapper.js'

/**
 * Feeds a raw archive to mongorestore and waits for it to leave. What the tool did is in the outcome; the source's own
 * error, or the signal's reason, is thrown after the tool is gone. A tool that is told to stop and does not leave is let
 * go of after some 15 seconds, one whose engine does not say how it ended at once: `RESTORE_STILL_RUNNING` (failed), unless
 * it told itself that it left. Exit code 0 without the tool's own count of documents proves nothing: `RESTORE_UNCONFIRMED`
 * (failed).
 */
export async function runRestore(
  host: ToolHost,
  request: RestoreRequest,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  steps: Patience = patience,
): Promise<RestoreOutcome> {
  signal.throwIfAborted()
  const spoken = new Spoken(host, request.onReplay)
  const process = await host.start(
    wrapped(host.carried.wrapper + restoreWrapper, [
      ...restoreArguments(request),
      ...patienceArguments(host.uri),
    ]),
    (chunk) => {
      spoken.add(chunk)
    },
  )
  const ending = new Ending(host, process, spoken.number, steps)
  const stop = () => {
    ending.begin()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    process.stdin.write(host.carried.input + toolConfiguration(host.uri))
    const closed = closing(process)
    const gone = Promise.race([spoken.left, closed.then(() => undefined)])
    void gone.then(() => {
      ending.over()
    })
    const over = Promise.race([gone, ending.begun])
    const fed = await feed(process.stdin, source, over)
    if (fed !== undefined) stop()
    // What the wrapper waits for once its tool has left.
    void gone.then(() => process.stdin.end())

    const exitCode = await left(process, closed, ending, steps).catch((error: unknown) => {
      throw isGone(error, spoken) ? error : stillRunning(host, spoken, unknownEnd, error)
    })
    if (exitCode === undefined) {
      const cause: unknown = fed?.error ?? signal.reason
      throw spoken.hasLeft ? cause : stillRunning(host, spoken, disobedient, cause)
    }
    signal.throwIfAborted()
    if (fed !== undefined) throw fed.error
    return await outcomeOf(host, exitCode, spoken, await closed)
  } finally {
    signal.removeEventListener('abort', stop)
    ending.clear()
    process.destroy()
  }
}

/** The end of everything the tool says; how the connection broke, if it did. */
async function closing(process: ToolProcess): Promise<{ readonly error: unknown } | undefined> {
  try {
    await drained(process.stdout)
    return undefined
  } catch (error) {
    return { error }
  }
}

/** The exit code; nothing where the tool was given up, and may still run. */
async function left(
  process: ToolProcess,
  closed: Promise<unknown>,
  { givenUp }: Ending,
  steps: Patience,
): Promise<number | undefined> {
  const way = await Promise.race([
    closed.then(() => 'closed' as const),
    givenUp.then(() => 'given up' as const),
  ])
  const exitCode = process.exitCode()
  if (way === 'closed')
    return Promise.race([exitCode, givenUp.then(() => lateCode(exitCode, steps))])
  return lateCode(exitCode, steps)
}

/** Whether the tool is gone although its exit code is not known: it told so itself, or was never there. */
function isGone(error: unknown, { hasLeft }: Spoken): boolean {
  return hasLeft || (error instanceof Failure && error.code === 'TOOL_MISSING')
}

async function lateCode(exitCode: Promise<number>, steps: Patience): Promise<number | undefined> {
  return Promise.race([exitCode.catch(() => undefined), sleep(steps.exitCode, undefined)])
}

async function outcomeOf(
  host: ToolHost,
  exitCode: number,
  spoken: Spoken,
  broken: { readonly error: unknown } | undefined,
): Promise<RestoreOutcome> {
  const lines = spoken.lines()
  const summary = restoreSummary(lines)
  if (exitCode === 0) {
    if (broken) throw broken.error
    if (!summary) throw unconfirmed({ exitCode, lines })
    return { engine: host.name, fellBack: [], exitCode, lines, ...summary }
  }
  const because = await host.explain(exitCode)
  return {
    engine: host.name,
    fellBack: [],
    exitCode,
    lines,
    ...(summary ?? { restored: 0, failed: 0 }),
    ...(because === undefined ? {} : { because }),
  }
}

function unconfirmed({ exitCode, lines }: ToolOutcome): Failure {
  return new Failure(
    'failed',
    'RESTORE_UNCONFIRMED',
    'mongorestore left with exit code 0, but did not say how many documents it restored',
    ['ops undo', 'ops doctor'],
    { facts: { exitCode, lines } },
  )
}

const places = {
  exec: 'in the container',
  sidecar: 'in a container of its own',
  host: 'on this machine',
}

const disobedient = 'was told to stop and did not leave'
const unknownEnd = 'was lost sight of, for its engine does not say how it ended'

/** Whether a failure says that mongorestore may still run; its `cause` is why it was to stop, or is not known of. */
export function isStillRunning(error: unknown): error is Failure {
  return error instanceof Failure && error.code === 'RESTORE_STILL_RUNNING'
}

function stillRunning(host: ToolHost, spoken: Spoken, why: string, cause: unknown): Failure {
  const { known } = spoken
  const where = places[host.name]
  const end = host.howToEnd?.()
  const which = known === undefined ? '' : `, process ${known.toString()}`
  return new Failure(
    'failed',
    'RESTORE_STILL_RUNNING',
    `mongorestore ${why}; it may still be running ${where}${which}`,
    [...(end === undefined ? [] : [end]), 'ops stack ps', 'ops doctor'],
    { cause, facts: { process: known, lines: spoken.lines() } },
  )
}
