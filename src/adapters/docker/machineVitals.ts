import { freemem, platform, totalmem } from 'node:os'
import type { ContainerMemory, MachineVitals } from '../../ports/machineVitals.js'
import { asking, isEngineAnswer, type DockerClient } from './client.js'
import { heldBytes, type MemoryStats } from './containerUse.js'

/** What the engine's `info` call answers, as far as it is used here (moby, api/types/system Info). */
interface Info {
  readonly ServerVersion: string
  /** RFC 3339, with nanoseconds. */
  readonly SystemTime: string
  readonly MemTotal: number
}

/** dockerode takes a signal here, which its types do not say. */
interface Informing {
  info(options: { readonly abortSignal: AbortSignal }): Promise<Info>
}

/** The machine of an engine, by its `info` and one reading of each container. */
export function machineVitals(client: () => Promise<DockerClient>): MachineVitals {
  return {
    async engine(signal) {
      const connected = await client()
      const askedAt = new Date().toISOString()
      const docker = connected.docker as unknown as Informing
      const info = await asking(connected, () => docker.info({ abortSignal: signal }))
      const answeredAt = new Date().toISOString()
      return {
        version: info.ServerVersion,
        clock: { askedAt, at: new Date(info.SystemTime).toISOString(), answeredAt },
        memory: {
          totalBytes: info.MemTotal,
          // Linux: MemAvailable, so that the page cache counts as free (libuv, uv_get_free_memory).
          ...(connected.local && isThisMachine(info.MemTotal) ? { availableBytes: freemem() } : {}),
        },
      }
    },

    async memory(names, signal) {
      const connected = await client()
      const found = await Promise.all(names.map((name) => memoryOf(connected, name, signal)))
      return found.filter((one) => one !== undefined)
    },
  }
}

/** Behind a local socket there may be a virtual machine with memory of its own. */
function isThisMachine(totalBytes: number): boolean {
  return platform() === 'linux' && Math.abs(totalmem() - totalBytes) < 0.02 * totalBytes
}

/** One reading: what `docker stats` waits a second for is the second one, for the processor. Engines before API 1.41 wait too. */
async function memoryOf(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<ContainerMemory | undefined> {
  try {
    const options = { stream: false as const, 'one-shot': true, abortSignal: signal }
    const stats = (await asking(client, () =>
      client.docker.getContainer(name).stats(options),
    )) as unknown as { readonly memory_stats: MemoryStats }
    const { usage, limit = 0 } = stats.memory_stats
    if (usage === undefined) return undefined
    return { name, bytes: heldBytes(stats.memory_stats), limitBytes: limit }
  } catch (error) {
    if (isEngineAnswer(error) && (error.statusCode === 404 || error.statusCode === 409))
      return undefined
    throw error
  }
}
