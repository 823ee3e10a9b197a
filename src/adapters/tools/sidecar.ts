import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { OwnContainer, OwnEnding } from '../../ports/ownContainers.js'
import { namedPipe, type NamedPipe } from '../pipes/namedPipe.js'
import { drained } from './drained.js'
import { requireGreeting, unpiped } from './greeting.js'
import { startContainer, type SidecarRun, type SidecarWorld } from './sidecarContainer.js'

/** A sidecar whose pipe is proved to lead here: what follows the greeting is the tool's. */
export interface Sidecar {
  readonly container: OwnContainer
  readonly pipe: NamedPipe
  /** Once its process has left. */
  readonly ended: Promise<OwnEnding>
  /** Ends and removes container and pipe; may be called again. */
  remove(): Promise<void>
}

/**
 * Starts a sidecar that writes into a pipe. `input` goes to its standard input, which stays open. Throws
 * `ENGINE_IMPOSSIBLE`, `TOOL_MISSING`, `OWN_CONTAINER_FAILED` (environment), each before a byte of data has flowed; nothing
 * is left then.
 */
export async function startSidecar(
  target: Target,
  database: ContainerFacts,
  run: SidecarRun & { readonly input: string },
  world: SidecarWorld,
  signal: AbortSignal,
): Promise<Sidecar> {
  const { host, patience } = world
  const pipe = await namedPipe(world.temporary, host.pid).catch((error: unknown) => {
    throw unpiped(target, 'no named pipe can be made on this machine', error)
  })
  const greeting = `ops-${host.token()}`
  let container: OwnContainer | undefined
  const remove = async () => {
    // What the engine does not remove now is swept up by the next run.
    await container?.remove().catch(() => undefined)
    await pipe.remove()
  }
  try {
    container = await startContainer(target, database, pipe, greeting, run, world, signal)
    drained(container.stdout).catch(() => undefined)
    container.stdin.write(run.input)
    const ended = container.ended()
    ended.catch(() => undefined)
    const first = pipe.reader.first(greeting.length)
    await requireGreeting(target, 'mongodump', { first, greeting, ended, patience }, signal)
    pipe.expectNoMore()
    return { container, pipe, ended, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
