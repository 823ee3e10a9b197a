import { Failure } from '../../domain/failure.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart } from '../backup/backupPart.js'
import { countDiscarded } from '../discarded/countDiscarded.js'
import { decideKeeping } from '../discarded/keeping.js'
import { keepingRoom } from '../discarded/keepingRoom.js'
import { isReplacedBy } from '../discarded/replaced.js'
import { earlierHalf } from './earlier.js'
import { touchedBy, type RestoreFacts, type RestoreRequest } from './facts.js'
import { within } from './lookAgain.js'
import { passedOver } from './passedOver.js'
import { requirePrimary } from './primary.js'
import { extras, type Selection } from './selection.js'
import { stoppedBefore } from './unfinished.js'
import { requireSameRelease } from './versions.js'
import { runningWriters } from './writers.js'

/** What is to come back: the file it comes out of, which part of that, and the point in the server's history that it is of. */
interface WhatComes extends Pick<RestoreFacts, 'source' | 'selection'> {
  readonly point: RestorePoint | undefined
}

/**
 * Finds out whether a part of an archive can be put on the server, and what that changes. Reads only. Throws `NOT_PRIMARY`,
 * `MONGO_UNAUTHORIZED` (environment), `VERSION_MISMATCH`, `INTO_EXISTS` (refused), and what planning a safety backup throws.
 */
export async function lookAround(
  request: RestoreRequest,
  { source, selection, point }: WhatComes,
  session: MongoSession,
  world: World,
): Promise<RestoreFacts> {
  const { target } = request
  const server = await requirePrimary(target, session)
  if (!request.allowVersionMismatch)
    requireSameRelease(source.contents.serverVersion, server.version)
  await requireRights(selection, target, session)
  const { into } = selection
  if (into !== undefined) await requireFree(into, session)
  const live =
    into === undefined
      ? within(await session.namespaces(selection.databases, 'roughly'), { selection })
      : []
  const stopped = [...(request.stoppedBefore ?? []), ...(await stoppedBefore(target, world))]
  const writers =
    into === undefined ? await runningWriters(target, world, stopped) : { stop: [], start: [] }
  const wantsSafety = request.safetyBackup && live.length > 0
  const backup = { target, compression: request.compression, safety: true }
  const safety = wantsSafety ? await planBackupPart(backup, world, session) : undefined
  const earlier = await earlierHalf(touchedBy(selection), target, world)
  const writes = { target, point, isReplaced: isReplacedBy(selection) }
  const discarded = into === undefined ? await countDiscarded(writes, session, world) : undefined
  const replaced = touchedBy(selection)
  const keeping =
    discarded && replaced && request.keepDiscarded !== undefined
      ? decideKeeping(
          {
            ...{ ...writes, ...backup, discarded, replaced, wanted: request.keepDiscarded },
            isSaved: request.safetyBackup,
            room: await keepingRoom(
              { ...writes, discarded, safety: safety?.expectedFile ?? 0 },
              session,
              world,
            ),
          },
          world,
        )
      : undefined
  return {
    request: { ...request, stoppedBefore: stopped },
    source,
    selection,
    server,
    live,
    surplus: extras(live, selection),
    writers,
    ...(safety ? { safety } : {}),
    ...(discarded ? { discarded } : {}),
    ...(keeping ? { keeping } : {}),
    ...(earlier ? { earlier: request.command === 'undo' ? { half: earlier.half } : earlier } : {}),
    passedOver: await passedOver(request.wanted, source.name, world.shelf(target)),
  }
}

/** A right that lacks is found now, not after the first collection was dropped. Throws `MONGO_UNAUTHORIZED` (environment). */
async function requireRights(
  { databases, into }: Selection,
  target: Target,
  session: MongoSession,
): Promise<void> {
  const { missingForRestore } = await session.privileges(into === undefined ? databases : [into])
  if (missingForRestore.length === 0) return
  throw new Failure(
    'environment',
    'MONGO_UNAUTHORIZED',
    `the user of "${target.name}" may not restore: it lacks ${missingForRestore.join(', ')}`,
    ['ops doctor', 'ops config show'],
  )
}

async function requireFree(into: string, session: MongoSession): Promise<void> {
  // To the server two names that differ in capitals only are the same.
  const lower = into.toLowerCase()
  const taken = (await session.databases()).find((name) => name.toLowerCase() === lower)
  if (taken === undefined) return
  throw new Failure(
    'refused',
    'INTO_EXISTS',
    `there is a database ${taken} already; a copy is only made under a free name`,
    [`ops restore --into ${into}_2`],
  )
}
