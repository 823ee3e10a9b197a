import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { requireSameRelease } from '../restore/versions.js'

/**
 * The scratch server must be of the backup's release line, and have mongorestore beside it: without a network nothing
 * else reaches it. Throws `SCRATCH_UNFIT` (environment).
 */
export async function requireFitting(
  scratch: Target,
  archiveVersion: string,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const session = await world.mongo.connect(scratch, signal)
  try {
    const { version } = await session.server()
    requireSameRelease(archiveVersion, version)
    const { tools } = await world.tools.choose(scratch)
    await tools.versions(scratch)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.code === 'VERSION_MISMATCH') throw unfit(error.message, error)
    if (error.code === 'TOOL_MISSING') throw unfit('its image has no mongorestore', error)
    throw error
  } finally {
    await session.close()
  }
}

function unfit(why: string, cause: Failure): Failure {
  return new Failure(
    'environment',
    'SCRATCH_UNFIT',
    `nothing can be tested in this scratch server: ${why}`,
    ['ops backup test-restore --image IMAGE'],
    { cause, facts: cause.facts },
  )
}
