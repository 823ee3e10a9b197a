import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { OwnEnding } from '../../ports/ownContainers.js'
import { noPipe } from './sidecarWrapper.js'

/** What is known while a sidecar's greeting is waited for. */
export interface Awaited {
  /** The greeting as it was given to the container. */
  readonly greeting: string
  /** The first bytes that come from it: as many as the greeting has, fewer where they end before. */
  readonly first: Promise<Buffer>
  readonly ended: Promise<OwnEnding>
  /** Milliseconds. */
  readonly patience: number
  /** The tool that is to run there. */
  readonly tool: 'mongodump' | 'mongorestore'
}

/**
 * Waits for the greeting by which a sidecar proves that the pipe leads from it to us, or from us to it. Throws
 * `ENGINE_IMPOSSIBLE`, `TOOL_MISSING` (environment), the signal's reason.
 */
export async function requireGreeting(
  target: Target,
  { greeting, first, ended, patience, tool }: Awaited,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const late = new Promise<'late'>((resolve) => {
    const timer = setTimeout(() => {
      resolve('late')
    }, patience)
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
    })
  })
  const given = new Promise<'given up'>((resolve) => {
    const tell = () => {
      resolve('given up')
    }
    signal.addEventListener('abort', tell, { signal: over.signal })
    if (signal.aborted) tell()
  })
  try {
    const way = await Promise.race([first, ended, late, given])
    signal.throwIfAborted()
    if (way === 'late') throw unpiped(target, neverArrives[tool])
    if (Buffer.isBuffer(way) && way.toString() === greeting) return
    const ending = await ended
    // It may have greeted, and left at once.
    if (ending.exitCode === 0 && (await first).toString() === greeting) return
    throw unstarted(target, tool, ending)
  } finally {
    over.abort()
  }
}

const neverArrives = {
  mongodump: 'what its container writes into a named pipe does not arrive here',
  mongorestore: 'what is written into a named pipe here does not arrive in its container',
}

function unstarted(
  target: Target,
  tool: Awaited['tool'],
  { exitCode, outOfMemory }: OwnEnding,
): Failure {
  if (exitCode === noPipe)
    return unpiped(target, 'its container does not see the named pipes of this machine')
  if (exitCode === 127)
    return new Failure(
      'environment',
      'TOOL_MISSING',
      `the image of "${target.name}" has no ${tool}`,
      ['ops doctor', 'ops backup --engine host'],
    )
  const why = outOfMemory ? 'it ran out of memory' : `exit code ${exitCode.toString()}`
  return unpiped(target, `its container left before it began (${why})`)
}

/** No pipe leads to or from a sidecar: `ENGINE_IMPOSSIBLE` (environment). */
export function unpiped(target: Target, why: string, cause?: unknown): Failure {
  return new Failure(
    'environment',
    'ENGINE_IMPOSSIBLE',
    `engine sidecar cannot serve "${target.name}": ${why}`,
    ['ops backup --engine exec', 'ops doctor'],
    cause === undefined ? {} : { cause },
  )
}
