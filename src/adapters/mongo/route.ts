import { connect, type Socket } from 'node:net'
import type { ContainerFacts } from '../../ports/engine.js'

/** A way to a server: host and port as a connection string has them, and how to close it. */
export interface Route {
  readonly hostAndPort: string
  readonly by: 'published port' | 'container address' | 'tunnel'
  close(): Promise<void>
}

/** Milliseconds for one attempt. */
const attempt = 1_000

/**
 * The direct ways to a container's port, in order: where it is published, then its own address (a local Linux engine).
 * Nothing when neither answers; a tunnel through the engine works then.
 */
export async function directRoute(
  container: ContainerFacts,
  port: number,
  engineHost: string | undefined,
): Promise<Route | undefined> {
  const published = (container.ports[`${port.toString()}/tcp`] ?? []).map((binding) => ({
    by: 'published port' as const,
    host: engineHost ?? loopback(binding.host),
    port: binding.port,
  }))
  const addresses = engineHost === undefined ? Object.values(container.addresses) : []
  const ways = [
    ...published,
    ...addresses.map((host) => ({ by: 'container address' as const, host, port })),
  ]
  for (const way of ways) {
    if (await answers(way.host, way.port)) {
      const host = way.host.includes(':') ? `[${way.host}]` : way.host
      return {
        hostAndPort: `${host}:${way.port.toString()}`,
        by: way.by,
        close: () => Promise.resolve(),
      }
    }
  }
  return undefined
}

/** A port published on every address is reached over loopback. */
function loopback(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host, port, timeout: attempt })
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => {
      settle(true)
    })
    socket.once('timeout', () => {
      settle(false)
    })
    socket.once('error', () => {
      settle(false)
    })
  })
}
