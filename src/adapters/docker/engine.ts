import type { ContainerFacts, Engine } from '../../ports/engine.js'
import { asking, type DockerClient } from './client.js'
import { containerFacts } from './containerFacts.js'
import { containerMeters, containerUse } from './containerUse.js'
import { orNothing } from './gone.js'

/** The engine behind a client, as `Engine`. */
export function dockerEngine(client: () => Promise<DockerClient>): Engine {
  return {
    async facts() {
      const connected = await client()
      const version = await asking(connected, () => connected.docker.version())
      return {
        version: version.Version,
        apiVersion: version.ApiVersion,
        operatingSystem: version.Os,
        local: connected.local,
        endpoint: connected.endpoint,
        ...(connected.local ? {} : { encrypted: isEncrypted(connected) }),
      }
    },

    async containers(project) {
      const connected = await client()
      const filters =
        project === undefined ? {} : { label: [`com.docker.compose.project=${project}`] }
      const listed = await asking(connected, () =>
        connected.docker.listContainers({ all: true, filters }),
      )
      const found = await Promise.all(listed.map(({ Id: id }) => inspect(connected, id)))
      return found.filter((facts) => facts !== undefined)
    },

    async container(name) {
      return inspect(await client(), name)
    },

    async use(names) {
      const connected = await client()
      const found = await Promise.all(names.map((name) => containerUse(connected, name)))
      return found.filter((use) => use !== undefined)
    },

    async meters(names) {
      const connected = await client()
      const found = await Promise.all(names.map((name) => containerMeters(connected, name)))
      return found.filter((meters) => meters !== undefined)
    },

    async hasVolume(name) {
      const connected = await client()
      const inspected = await orNothing(() =>
        asking(connected, () => connected.docker.getVolume(name).inspect()),
      )
      return inspected !== undefined
    },

    async image(name) {
      const connected = await client()
      const inspected = await orNothing(() =>
        asking(connected, () => connected.docker.getImage(name).inspect()),
      )
      if (!inspected) return undefined
      // Left out by engines for an image that no registry knows.
      const digests = (inspected.RepoDigests as string[] | null) ?? []
      return {
        id: inspected.Id,
        bytes: inspected.Size,
        ...(digests.length > 0 ? { digests } : {}),
      }
    },
  }
}

async function inspect(client: DockerClient, name: string): Promise<ContainerFacts | undefined> {
  const inspected = await orNothing(() =>
    asking(client, () => client.docker.getContainer(name).inspect()),
  )
  return inspected && containerFacts(inspected)
}

/** dockerode decides it by the variables of TLS and the port (docker-modem). */
function isEncrypted({ docker, endpoint }: DockerClient): boolean {
  const { protocol } = docker.modem as { readonly protocol?: unknown }
  return endpoint.startsWith('ssh://') || protocol === 'https'
}
