import type { EngineHost } from '../../ports/engineHost.js'
import { asking, type DockerClient } from './client.js'

/** The part of `docker network inspect` that is read here. */
interface Described {
  readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string }[] | null }
}

/** The machine of the engine behind a client. */
export function engineHost(client: () => Promise<DockerClient>): EngineHost {
  return {
    async memoryBytes() {
      const connected = await client()
      const told = (await asking(connected, () => connected.docker.info())) as {
        readonly MemTotal?: number
      }
      return told.MemTotal ?? 0
    },
    async gateways() {
      const connected = await client()
      const networks: readonly Described[] = await asking(connected, () =>
        connected.docker.listNetworks({ filters: { driver: ['bridge'] } }),
      )
      return networks.flatMap(({ IPAM: management }) =>
        (management?.Config ?? []).flatMap(({ Gateway: gateway }) => gateway ?? []),
      )
    },
  }
}
