import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { OwnEnding } from '../../ports/ownContainers.js'
import { greetingFrom, type Awaited } from '../pipes/greeting.js'
import { noPipe } from './sidecarWrapper.js'

/**
 * Waits for the greeting by which a sidecar that is to run a tool proves that the pipe leads where it should. Throws
 * `ENGINE_IMPOSSIBLE`, `TOOL_MISSING` (environment), the signal's reason.
 */
export async function requireGreeting(
  target: Target,
  tool: Tool,
  awaited: Awaited,
  signal: AbortSignal,
): Promise<void> {
  const way = await greetingFrom(awaited, signal)
  if (way === 'late') throw unpiped(target, neverArrives[tool])
  if (way !== 'greeted') throw unstarted(target, tool, way)
}

type Tool = 'mongodump' | 'mongorestore'

const neverArrives = {
  mongodump: 'what its container writes into a named pipe does not arrive here',
  mongorestore: 'what is written into a named pipe here does not arrive in its container',
}

function unstarted(target: Target, tool: Tool, { exitCode, outOfMemory }: OwnEnding): Failure {
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
