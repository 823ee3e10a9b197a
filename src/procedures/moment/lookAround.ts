import type { SplicedState } from '../../archive/splice.js'
import { Failure } from '../../domain/failure.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart } from '../backup/backupPart.js'
import { countDiscarded } from '../discarded/countDiscarded.js'
import { decideKeeping } from '../discarded/keeping.js'
import { keepingRoom } from '../discarded/keepingRoom.js'
import { isReplacedBy } from '../discarded/replaced.js'
import type { RestoreFacts } from '../restore/facts.js'
import { earlierHalf } from '../restore/earlier.js'
import { requirePrimary } from '../restore/primary.js'
import { halfDone } from '../restore/requireWhole.js'
import { requireSameRelease } from '../restore/versions.js'
import { stoppedBefore } from '../restore/unfinished.js'
import { runningWriters } from '../restore/writers.js'
import type { FoundMoment } from './findMoment.js'
import type { MomentFacts, MomentRequest } from './momentFacts.js'
import { rehearseMoment } from './rehearse.js'
import { replayRate } from './replayRate.js'
import { isOfTarget } from './scope.js'

/**
 * Finds out whether the moment can be put on the server, and what that changes. Reads only; puts it together once where nobody has
 * done so (`rehearsed`). Throws `NOT_PRIMARY`,
 * `MONGO_UNAUTHORIZED` (environment), `VERSION_MISMATCH` (refused), and what rehearsing and planning a safety backup throw.
 */
export async function lookAround(
  request: MomentRequest,
  moment: FoundMoment,
  session: MongoSession,
  world: World,
  rehearsed?: SplicedState,
): Promise<MomentFacts> {
  const { target, signal } = request
  const { source } = moment
  const server = await requirePrimary(target, session)
  if (!request.allowVersionMismatch)
    requireSameRelease(source.contents.serverVersion, server.version)
  const expected = rehearsed ?? (await rehearseMoment(moment, world, signal))
  // What an earlier attempt touched and the moment does not have is to be gone too.
  const before = (await halfDone(target, world)).flatMap(({ touched }) => touched?.databases ?? [])
  const databases = databasesOf(request, moment, Object.keys(expected.catalogue), [
    ...(await session.databases()),
    ...before,
  ])
  await requireRights(databases, request, session)
  const live = await session.namespaces(databases, 'roughly')
  const stopped = await stoppedBefore(target, world)
  const writers = await runningWriters(target, world, stopped)
  const { safetyBackup, allowVersionMismatch, compression } = request
  const backup = { target, compression, safety: true }
  const wantsSafety = safetyBackup && live.length > 0
  const safety = wantsSafety ? await planBackupPart(backup, world, session) : undefined
  const earlier = await earlierHalf({ databases }, target, world)
  // What is left of an attempt that was cut off is nothing to be saved.
  const stray = earlier?.carried ? [] : await session.strayBuckets(databases)
  const point = { at: moment.until, exact: true }
  const writes = { target, point, isReplaced: isReplacedBy({ databases }), isSaved: safetyBackup }
  const discarded = await countDiscarded({ ...writes, signal }, session, world)
  const { keepDiscarded: wanted } = request
  const keeping =
    wanted === undefined
      ? undefined
      : decideKeeping(
          {
            ...{ ...writes, discarded, replaced: { databases }, wanted, compression },
            room: await keepingRoom(
              { ...writes, discarded, safety: safety?.expectedFile ?? 0 },
              session,
              world,
              signal,
            ),
          },
          world,
        )
  const restore: RestoreFacts = {
    request: {
      target,
      wanted: { kind: 'id', id: source.name },
      choice: {},
      safetyBackup,
      allowVersionMismatch,
      compression,
      stoppedBefore: stopped,
    },
    source,
    selection: { databases, namespaces: {} },
    server,
    live,
    surplus: live.filter(
      ({ database, collection }) => !(`${database}.${collection}` in expected.catalogue),
    ),
    writers,
    ...(safety ? { safety } : {}),
    ...(earlier ? { earlier } : {}),
    stray: stray.map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents)`,
    ),
    discarded,
    ...(keeping ? { keeping } : {}),
    passedOver: moment.passedOver,
  }
  const rate = replayRate(await world.receipts.list(), target.name)
  return { request, moment, expected, restore, rate }
}

/** Every database that is touched: what is there now, what the base holds, what is to be there. */
export function databasesOf(
  { target }: Pick<MomentRequest, 'target'>,
  { source }: Pick<FoundMoment, 'source'>,
  expected: readonly string[],
  present: readonly string[],
): readonly string[] {
  const held = Object.values(source.contents.namespaces).map(({ database }) => database)
  const then = expected.map((name) => name.slice(0, name.indexOf('.')))
  return [...new Set([...target.databases, ...present, ...held, ...then])].filter(
    isOfTarget(target),
  )
}

/** A right that lacks is found now, not after everything was dropped. */
async function requireRights(
  databases: readonly string[],
  { target }: MomentRequest,
  session: MongoSession,
): Promise<void> {
  const { missingForRestore, missingForReplay } = await session.privileges(databases)
  const missing = [...missingForRestore, ...missingForReplay]
  if (missing.length === 0) return
  throw new Failure(
    'environment',
    'MONGO_UNAUTHORIZED',
    `the user of "${target.name}" may not replay an oplog: it lacks ${missing.join(', ')}`,
    [
      `ops doctor --roles --target ${target.name}   (prints a user who may, for mongosh)`,
      'ops doctor',
      'ops config show',
    ],
  )
}
