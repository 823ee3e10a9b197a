import type {
  ReadyBackup,
  ReadyContainer,
  ReadyEvidence,
  ReadyServer,
} from '../../checks/ready/evidence.js'
import { look, seen, type Watch } from '../../checks/doctor/look.js'
import { formOf } from '../../domain/backupFile.js'
import { newestMoment } from '../../domain/oplog/newest.js'
import { secondOf } from '../../domain/oplog/optime.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { findScene } from '../dataFiles/scene.js'
import { tryKeys } from '../encryption/tryKeys.js'
import { basesOn } from '../oplog/status.js'
import { unfinished } from '../restore/unfinished.js'
import { lookAtProject } from '../stack/project.js'
import { withSession } from '../withSession.js'
import { hasFirstUser } from './corruption/freshServer.js'
import { waysBack } from './corruption/ways.js'

/** Seconds that anything may take to answer. */
const patience = 15

/** What is asked. */
export interface ReadyRequest {
  readonly target: Target
  /** Seconds that the newest good backup may be old. */
  readonly backupAgeSeconds: number
  readonly signal: AbortSignal
}

/**
 * Collects what tells whether recoveries of a target would work now. Reads only: of backups no more than manifests and the
 * headers of what is encrypted. What cannot be looked at is in the answer. Throws the signal's reason.
 */
export async function readyEvidence(
  { target, backupAgeSeconds, signal }: ReadyRequest,
  world: World,
): Promise<ReadyEvidence> {
  const watch: Watch = { clock: world.clock, signal }
  const asking = <Facts>(ask: (signal: AbortSignal) => Promise<Facts>) => look(watch, patience, ask)
  const [engine, stack, container, volume, server, backup, keys, slicesTo, cutOff] =
    await Promise.all([
      asking(async () => ({ version: (await world.engine.facts()).version })),
      asking(async () => {
        const { project } = await lookAtProject(world)
        return { services: Object.keys(project.services).length }
      }),
      asking(() => containerOf(target, world)),
      asking(async (within) => {
        const { place } = await findScene(target, undefined, world)
        return world.dataVolumes.look(place, within)
      }),
      asking((within) => serverOf(target, world, within)),
      asking(() => backupOf(target, world)),
      asking(() => tryKeys(target, world)),
      asking(() => slicesUntil(target, world)),
      asking(() => unfinished(target, world)),
    ])
  return {
    target: target.name,
    now: world.clock.now().toISOString(),
    backupAgeSeconds,
    pointInTime: target.pointInTime,
    engine,
    ...(world.stack ? { stack } : {}),
    container,
    volume,
    server,
    backup,
    keys,
    slicesTo,
    cutOff: (seen(cutOff) ?? []).map(({ title, startedAt }) => `"${title}" of ${startedAt}`),
    places: world.copies.map(({ name }) => name),
  }
}

async function containerOf(target: Target, world: World): Promise<ReadyContainer | null> {
  const facts = await world.containers.find(target)
  if (!facts) return null
  const { name, state, image, imageId } = facts
  const imagePresent = (await world.engine.image(imageId)) !== undefined
  return { name, state, image, imagePresent, firstUser: hasFirstUser(target, facts) }
}

function serverOf(target: Target, world: World, signal: AbortSignal): Promise<ReadyServer> {
  return withSession(target, world, signal, async (session) => {
    const { primary, replicaSet } = await session.server()
    const members = await session.members()
    const window = await session.oplog.window()
    return {
      primary,
      replicaSet: replicaSet !== undefined,
      ...(members === undefined ? {} : { members }),
      ...(window ? { oplogSeconds: window.newest.seconds - window.oldest.seconds } : {}),
    }
  })
}

/** The newest good one, archives and copies of data files alike: the way that loses least, as a recovery would go. */
async function backupOf(target: Target, world: World): Promise<ReadyBackup | null> {
  const [way] = waysBack({
    entries: await world.shelf(target).list(),
    history: { reaches: [] },
    receipts: await world.receipts.list(),
    target: target.name,
  })
  if (!way) return null
  const { manifest } = way.entry
  const { id, takenAt, trust, rawBytes, wholeInstance, kit, copies = [] } = manifest
  return {
    id,
    takenAt,
    trust,
    rawBytes,
    wholeInstance,
    content: formOf(manifest).content,
    kit: kit !== undefined,
    copies: copies.filter(({ state }) => state === 'ok').map(({ to }) => to),
    ...(way.seconds === undefined ? {} : { seconds: way.seconds }),
  }
}

async function slicesUntil(target: Target, world: World): Promise<string | null> {
  const holdings = await world.slices(target).holdings()
  const newest = newestMoment(historyOf({ ...holdings, bases: await basesOn(world.shelf(target)) }))
  return newest ? secondOf(newest.until).toISOString() : null
}
