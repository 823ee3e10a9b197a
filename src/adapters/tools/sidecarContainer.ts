import { join } from 'node:path'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import type { HeldPipe } from '../pipes/heldPipe.js'
import type { PipeWorld } from '../pipes/pipeWorld.js'
import { wrapped } from './wrapper.js'

/** What starting sidecars takes. */
export interface SidecarWorld extends PipeWorld {
  readonly ownContainers: OwnContainers
  /** Bytes that a sidecar may use, by what it does. */
  readonly memoryBytes: { readonly dump: number; readonly restore: number }
}

/** Where the folder of the pipe is inside. Nothing can be made there: to use a pipe needs no right to its folder. */
const inside = '/ops-pipe'

/** What runs in a sidecar: a shell wrapper, its arguments after the pipe's path and the greeting. */
export interface SidecarRun {
  readonly kind: 'dump' | 'restore'
  readonly wrapper: string
  readonly toolArguments: readonly string[]
  readonly onStderr: (chunk: Uint8Array) => void
}

/**
 * Starts a container from the database's own image, on its network, that may do nothing but talk to the server and use a
 * pipe. Throws `OWN_CONTAINER_FAILED` (environment), the signal's reason; nothing is left then.
 */
export function startContainer(
  target: Target,
  database: ContainerFacts,
  pipe: Pick<HeldPipe, 'folder' | 'name'>,
  greeting: string,
  { kind, wrapper, toolArguments, onStderr }: SidecarRun,
  world: SidecarWorld,
  signal: AbortSignal,
): Promise<OwnContainer> {
  const memoryBytes = world.memoryBytes[kind]
  return world.ownContainers.start(
    {
      purpose: 'sidecar',
      target: target.name,
      image: database.imageId,
      argv: wrapped(wrapper, [join(inside, pipe.name), greeting, ...toolArguments]),
      environment: {
        // Memory of its own is there to be used: collecting garbage a quarter as often spares a tenth of the processor.
        GOGC: '400',
        GOMEMLIMIT: Math.floor(memoryBytes * 0.9).toString(),
        HOME: '/',
      },
      ...ourUser(),
      network: { kind: 'container', id: database.id },
      mounts: [{ source: pipe.folder, destination: inside, readOnly: true }],
      readOnlyRoot: true,
      memoryBytes,
    },
    onStderr,
    signal,
  )
}

/** The pipe's folder is ours alone, so the container is us; a container's own root has no way into it either. */
function ourUser(): { readonly user?: string } {
  const { getuid, getgid } = process
  return getuid && getgid ? { user: `${getuid().toString()}:${getgid().toString()}` } : {}
}
