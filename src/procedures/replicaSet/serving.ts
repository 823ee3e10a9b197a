import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { withSession } from '../withSession.js'

/** What a server that answers says of its set. */
export interface Serving {
  /** Absent on a standalone. */
  readonly replicaSet?: string
  readonly primary: boolean
  /** How many members its set is configured to have; absent on a standalone, and where this user may not ask. */
  readonly members?: number
}

/** What a server that is down, or of no set yet, or not there, answers; another refusal says nothing of it. */
const servesNobody: ReadonlySet<string> = new Set([
  'MONGO_NOT_READY',
  'CONTAINER_STOPPED',
  'CONTAINER_NOT_FOUND',
])

/** Asks a server of its set; nothing where it serves nobody: it is down, or its set was never initiated. Throws what connecting throws. */
export async function serving(
  target: Target,
  world: Pick<World, 'mongo'>,
  signal: AbortSignal,
): Promise<Serving | undefined> {
  try {
    return await withSession(target, world, signal, async (session) => {
      const { replicaSet, primary } = await session.server()
      if (replicaSet === undefined) return { primary }
      const members = primary ? await session.members() : undefined
      return { replicaSet, primary, ...(members === undefined ? {} : { members }) }
    })
  } catch (error) {
    if (error instanceof Failure && servesNobody.has(error.code)) return undefined
    throw error
  }
}
