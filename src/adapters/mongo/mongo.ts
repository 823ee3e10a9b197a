import type { MongoClient } from 'mongodb'
import type { Target } from '../../domain/target.js'
import type { Containers } from '../../ports/containers.js'
import type { Mongo } from '../../ports/mongo.js'
import type { Secrets } from '../../ports/secrets.js'
import type { DockerClient } from '../docker/client.js'
import { hiddenVariables } from '../docker/hiddenVariables.js'
import { accessTo, type Access } from './access.js'
import { clientFor } from './client.js'
import { connectionString } from './connectionString.js'
import { mongoFailure } from './mongoFailure.js'
import { directRoute, type Route } from './route.js'
import { openSession } from './session.js'
import { requireTlsFiles } from './tlsFile.js'
import { openTunnel } from './tunnel.js'

/** What reaching a server takes. */
export interface MongoWorld {
  readonly containers: Containers
  readonly secrets: Secrets
  client(): Promise<DockerClient>
}

/** The driver, over the shortest way there is to each target. */
export function mongoAdapter(world: MongoWorld): Mongo {
  return {
    async connect(target, signal) {
      const { client, close } = await connectedClient(target, world, signal)
      return openSession(client, target, close)
    },
  }
}

/** The driver's own client of a target, connected, and how to close it and the way to it. Throws what `Mongo.connect` throws. */
export async function connectedClient(
  target: Target,
  world: MongoWorld,
  signal?: AbortSignal,
): Promise<{ readonly client: MongoClient; readonly close: () => Promise<void> }> {
  signal?.throwIfAborted()
  await requireTlsFiles(target.tls)
  const access = await accessTo(target, world.containers, world.secrets)
  const route = access.kind === 'container' ? await routeTo(access, world) : undefined
  const uri =
    access.kind === 'server'
      ? access.uri
      : connectionString(route?.hostAndPort ?? '', access.signIn, target.tls)
  let client: MongoClient | undefined
  // The driver waits for a server that does not answer, whoever has given it up: closed, it ends what it waits for.
  const hangUp = () => {
    client?.close().catch(() => undefined)
  }
  signal?.addEventListener('abort', hangUp, { once: true })
  try {
    client = await clientFor(target, uri, access.kind)
    await connected(client, target)
  } catch (error) {
    await client?.close().catch(() => undefined)
    await route?.close()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', hangUp)
  }
  const open = client
  return {
    client: open,
    close: async () => {
      await open.close()
      await route?.close()
    },
  }
}

async function connected(client: MongoClient, target: Target): Promise<void> {
  try {
    await client.connect()
    await client.db('admin').command({ ping: 1 })
  } catch (error) {
    throw mongoFailure(target, error)
  }
}

async function routeTo(
  access: Extract<Access, { kind: 'container' }>,
  world: MongoWorld,
): Promise<Route> {
  const client = await world.client()
  const { container, port, secrets } = access
  const direct = await directRoute(
    container,
    port,
    client.local ? undefined : remoteHost(client.endpoint),
  )
  return (
    direct ??
    openTunnel(client, container.id, hiddenVariables(container.environment, secrets), port)
  )
}

function remoteHost(endpoint: string): string | undefined {
  return URL.canParse(endpoint) ? new URL(endpoint).hostname : undefined
}
