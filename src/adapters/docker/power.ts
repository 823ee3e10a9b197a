import { Failure } from '../../domain/failure.js'
import type { ContainerPower } from '../../ports/containerPower.js'
import { asking, isEngineAnswer, type DockerClient } from './client.js'

/** Seconds a container has to leave by itself: a server with a large cache writes for a while. */
const patience = 60

const participles = { stop: 'stopped', start: 'started', unpause: 'unpaused' }

/** Containers of the engine behind a client. */
export function containerPower(client: () => Promise<DockerClient>): ContainerPower {
  const act = async (id: string, what: keyof typeof participles, signal: AbortSignal) => {
    signal.throwIfAborted()
    const connected = await client()
    const container = connected.docker.getContainer(id)
    try {
      await asking(connected, () =>
        what === 'stop' ? container.stop({ t: patience }) : container[what](),
      )
    } catch (error) {
      if (!isEngineAnswer(error)) throw error
      // 304 (not modified): it is as it should be already.
      if (error.statusCode === 304) return
      if (what === 'unpause' && /is not paused/.test(error.message)) return
      throw new Failure(
        'environment',
        'CONTAINER_FAILED',
        `the container ${id.slice(0, 12)} cannot be ${participles[what]}: ${error.message}`,
        ['ops stack ps', 'ops doctor'],
        { cause: error },
      )
    }
  }
  return {
    stop: (id, signal) => act(id, 'stop', signal),
    start: (id, signal) => act(id, 'start', signal),
    unpause: (id, signal) => act(id, 'unpause', signal),
  }
}
