import type { EngineHost } from '../../ports/engineHost.js'
import { asking, type DockerClient } from './client.js'

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
      const networks = await asking(connected, () =>
        connected.docker.listNetworks({ filters: { driver: ['bridge'] } }),
      )
      return networks.flatMap(({ IPAM: management }) =>
        (management?.Config ?? []).flatMap(({ Gateway: gateway }) => gateway ?? []),
      )
    },
  }
}
