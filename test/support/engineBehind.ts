import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The engine, reached through a connection of ours that can be cut. */
export interface EngineBehind {
  /** For DOCKER_HOST. */
  readonly endpoint: string
  /** Bytes that came from the engine so far. */
  passed(): number
  /** Ends every connection, and refuses new ones, as an engine that died does. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** Listens on a loopback port and hands everything on to the engine's socket. */
export async function engineBehind(socket = '/var/run/docker.sock'): Promise<EngineBehind> {
  const open = new Set<Socket>()
  let down = false
  let passed = 0
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (down) {
      client.destroy()
      return
    }
    const engine = connect({ path: socket, allowHalfOpen: true })
    for (const one of [client, engine]) {
      open.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        open.delete(one)
        client.destroy()
        engine.destroy()
      })
    }
    engine.on('data', (chunk) => {
      passed += chunk.length
    })
    client.pipe(engine)
    engine.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    down = true
    for (const one of open) one.destroy()
  }
  return {
    endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port.toString()}`,
    passed: () => passed,
    cut,
    mend() {
      down = false
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
