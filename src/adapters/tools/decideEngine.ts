import type { EngineName } from '../../domain/manifest.js'
import type { EngineChoice } from '../../domain/target.js'
import type { Work } from '../../ports/tools.js'

/**
 * Bytes of data from which a container of its own pays off: it takes about half a second longer to start and to remove
 * than a process in a running container, and saves five seconds or more a gigabyte of the engine's own copying (measured).
 */
export const worthASidecar = 100_000_000

/** Everything that decides who runs a tool. */
export interface EngineSight {
  readonly asked: EngineChoice
  readonly work: Work
  /** Whether the server runs in a container that ops knows. */
  readonly inDocker: boolean
  /** Why no container of ours can write into a pipe of this machine; absent where that may be tried. */
  readonly unpiped?: string
  /** Whether the image of the server has the tools. */
  readonly toolsInImage: boolean
}

/** Who runs a tool: the first, and those that follow should it fail before the first byte; or why the one asked for cannot. */
export type EngineDecision =
  | { readonly order: readonly [EngineName, ...EngineName[]]; readonly because: string }
  | { readonly impossible: EngineName; readonly because: string }

/** Decides who runs a tool. An engine that was asked for is never replaced by another, but for a sidecar that restores. */
export function decideEngine(sight: EngineSight): EngineDecision {
  const { asked, work, inDocker, unpiped, toolsInImage } = sight
  if (asked === 'host') return { order: ['host'], because: 'asked for' }
  if (!inDocker) {
    return asked === 'auto'
      ? { order: ['host'], because: 'the server runs outside Docker' }
      : {
          impossible: asked,
          because: 'its server does not run in a container that ops knows',
        }
  }
  if (asked === 'exec') return { order: ['exec'], because: 'asked for' }
  if (work.kind === 'restore') return forRestore(sight)
  if (asked === 'sidecar') {
    return unpiped === undefined
      ? { order: ['sidecar'], because: 'asked for' }
      : { impossible: 'sidecar', because: unpiped }
  }
  if (!toolsInImage) return { order: ['host'], because: 'its container has no mongodump' }
  if (unpiped !== undefined)
    return { order: ['exec', 'host'], because: `the tools are in its container; ${unpiped}` }
  if (work.bytes !== undefined && work.bytes < worthASidecar)
    return {
      order: ['exec', 'sidecar', 'host'],
      because: 'the tools are in its container, and so little data is there sooner than a sidecar',
    }
  return {
    order: ['sidecar', 'exec', 'host'],
    because: "the tools are in its image, and a container of its own bypasses the engine's copying",
  }
}

/**
 * `sidecar` is a wish here: data that is gone is not to stay gone because a container of ours cannot be had. The tools of
 * the database's container serve then.
 */
function forRestore({ asked, work, unpiped, toolsInImage }: EngineSight): EngineDecision {
  if (!toolsInImage) return { order: ['host'], because: 'its container has no mongorestore' }
  if (unpiped !== undefined)
    return { order: ['exec'], because: `the tools are in its container; ${unpiped}` }
  if (asked === 'sidecar') return { order: ['sidecar', 'exec', 'host'], because: 'asked for' }
  if (work.bytes !== undefined && work.bytes < worthASidecar)
    return {
      order: ['exec'],
      because: 'the tools are in its container, and so little data is there sooner than a sidecar',
    }
  return {
    order: ['sidecar', 'exec', 'host'],
    because: "the tools are in its image, and a container of its own bypasses the engine's copying",
  }
}
