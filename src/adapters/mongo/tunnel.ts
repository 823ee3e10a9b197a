import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DockerClient } from '../docker/client.js'
import { startExec, type ExecProcess } from '../docker/exec.js'
import type { Route } from './route.js'

/** Copies standard input and output to a port of the container's own loopback; bash is in every mongo image. */
const copier =
  'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1; cat <&3 & cat >&3; kill $! 2>/dev/null; wait'

/**
 * A way into a container whose port is neither published nor reachable: a unix socket of ours (in a folder only we can
 * enter), each connection of which becomes a process in the container. It works with remote engines too.
 */
export async function openTunnel(
  client: DockerClient,
  container: string,
  environment: Readonly<Record<string, string>>,
  port: number,
): Promise<Route> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-'))
  const path = join(folder, 'mongo.sock')
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    void joined(client, { container, environment, port }, socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return {
    hostAndPort: encodeURIComponent(path),
    by: 'tunnel',
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Far {
  readonly container: string
  readonly environment: Readonly<Record<string, string>>
  readonly port: number
}

async function joined(client: DockerClient, far: Far, socket: Socket): Promise<void> {
  let process: ExecProcess | undefined
  try {
    process = await startExec(client, {
      container: far.container,
      environment: far.environment,
      argv: ['bash', '-c', copier, 'bash', far.port.toString()],
      onStderr: () => undefined,
    })
    await Promise.race([pipeline(socket, process.stdin), pipeline(process.stdout, socket)])
  } catch {
    // The driver sees a closed connection and says so in its own words.
  } finally {
    socket.destroy()
    process?.destroy()
  }
}
