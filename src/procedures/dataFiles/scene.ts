import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { ServerFacts, StorageFacts } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { dataPlace, optionOf } from './place.js'

/** What a server says of itself; a restore of data files does without where there is none to ask. */
export interface LiveServer {
  readonly server: ServerFacts
  readonly storage: StorageFacts
}

/** The target as it stands, its server up or down. */
export interface RestoreScene {
  readonly container: ContainerFacts
  readonly place: DataPlace
  readonly live?: LiveServer
}

/** Finds container and data volume. The server is asked where it answers; down, its container says what it was told. */
export async function findScene(
  target: Target,
  dbPath: string | undefined,
  world: World,
): Promise<RestoreScene> {
  const container = await world.containers.find(target)
  const live = container?.state === 'running' ? await liveServer(target, world) : undefined
  const folder =
    live?.storage.dbPath ?? optionOf(container?.command ?? [], 'dbpath') ?? dbPath ?? '/data/db'
  const place = dataPlace(target, container, folder)
  if (!container) throw new Error('a place has a container')
  return { container, place, ...(live ? { live } : {}) }
}

/** A server that does not answer, or does not let us in, is one to be put right. */
async function liveServer(target: Target, world: World): Promise<LiveServer | undefined> {
  try {
    const session = await world.mongo.connect(target)
    try {
      return { server: await session.server(), storage: await session.storage() }
    } finally {
      await session.close()
    }
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
