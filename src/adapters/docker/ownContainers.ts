import { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { demultiplex } from '../../archive/frames.js'
import { Failure } from '../../domain/failure.js'
import type { Host } from '../../ports/host.js'
import type {
  OwnContainer,
  OwnContainerRequest,
  OwnContainers,
  OwnEnding,
} from '../../ports/ownContainers.js'
import { asking, isEngineAnswer, type DockerClient } from './client.js'
import { sweepClones } from './cloneParts.js'
import { unlessGone } from './gone.js'
import { creation } from './ownCreation.js'
import { isLeftBehind, ownLabels, purposeLabel } from './ownLabels.js'

/** Containers of ours on the engine behind a client. Each carries who made it, so that a later run finds what was left. */
export function ownContainers(client: () => Promise<DockerClient>, host: Host): OwnContainers {
  return {
    async start(request, onStderr, signal) {
      signal.throwIfAborted()
      const connected = await client()
      const name = `ops-${request.purpose}-${host.pid.toString()}-${host.token()}`
      const labels = await ownLabels(request, host)
      const container = await startable(request, () =>
        asking(connected, () =>
          connected.docker.createContainer({ name, ...creation(request, labels) }),
        ),
      )
      let socket: Duplex | undefined
      let removal: Promise<void> | undefined
      const remove = () => {
        // What nobody reads any more blocks the engine: the container would not end before it was read.
        socket?.destroy()
        // Whoever asks second waits for the first: the engine says at once that it is about it.
        removal ??= removed(connected, container).finally(() => {
          removal = undefined
        })
        return removal
      }
      try {
        socket = await attached(connected, container)
        await startable(request, () => asking(connected, () => container.start()))
        signal.throwIfAborted()
        return { name, remove, ...running(connected, container, socket, onStderr) }
      } catch (error) {
        await remove().catch(() => undefined)
        throw error
      }
    },

    async sweep() {
      const connected = await client()
      const listed = await asking(connected, () =>
        connected.docker.listContainers({ all: true, filters: { label: [purposeLabel] } }),
      )
      const names: string[] = []
      for (const { Id: id, Names: known, Labels: labels } of listed) {
        if (!(await isLeftBehind(labels, host))) continue
        await removed(connected, connected.docker.getContainer(id))
        names.push(known[0]?.replace(/^\//, '') ?? id)
      }
      return [...names, ...(await sweepClones(connected, host))]
    },
  }
}

/** Attached before it is started, so that nothing it says is missed. */
async function attached(client: DockerClient, container: Docker.Container): Promise<Duplex> {
  const socket = await asking(client, () =>
    container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
  )
  if (!(socket instanceof Duplex))
    throw new Error('the engine attached something that is no socket')
  // A write to a process that has left fails here; its exit code says why, so the error itself is not needed.
  socket.on('error', () => undefined)
  return socket
}

function running(
  client: DockerClient,
  container: Docker.Container,
  socket: Duplex,
  onStderr: (chunk: Uint8Array) => void,
): Omit<OwnContainer, 'name' | 'remove'> {
  return {
    id: container.id,
    stdin: socket,
    stdout: demultiplex(socket, onStderr),
    ended: () => ending(client, container),
    kill: (signal) => unlessGone(() => asking(client, () => container.kill({ signal }))),
  }
}

async function ending(client: DockerClient, container: Docker.Container): Promise<OwnEnding> {
  try {
    const { StatusCode: exitCode } = (await asking(client, () => container.wait())) as {
      StatusCode: number
    }
    const { State: state } = await asking(client, () => container.inspect())
    return { exitCode, outOfMemory: state.OOMKilled }
  } catch (error) {
    if (isEngineAnswer(error) && error.statusCode === 404)
      return { exitCode: 137, outOfMemory: false }
    throw error
  }
}

async function removed(client: DockerClient, container: Docker.Container): Promise<void> {
  await unlessGone(() => asking(client, () => container.remove({ force: true, v: true })))
}

async function startable<Answer>(
  { purpose, target }: OwnContainerRequest,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    if (!isEngineAnswer(error)) throw error
    throw new Failure(
      'environment',
      'OWN_CONTAINER_FAILED',
      `no ${purpose} container can be started for "${target}": ${error.message}`,
      ['ops doctor', 'docker info'],
      { cause: error },
    )
  }
}
