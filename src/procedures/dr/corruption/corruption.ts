import { judgeDamage, type DamageVerdict } from '../../../checks/corruption/judge.js'
import { Failure } from '../../../domain/failure.js'
import type { Receipt } from '../../../domain/receipt.js'
import { wantedMoment } from '../../../domain/oplog/wantedMoment.js'
import { historyOf } from '../../../domain/oplog/timelines.js'
import { isGood } from '../../../domain/trust.js'
import type { World } from '../../../ports/world.js'
import { backupById, latestBackup } from '../../backup/catalog.js'
import { folderName, requireNothingCutOff } from '../../dataFiles/restoreDataFiles.js'
import { findScene, type RestoreScene } from '../../dataFiles/scene.js'
import { basesOn } from '../../oplog/status.js'
import type { Plan, Procedure } from '../../plan.js'
import { drilledFact } from '../../forecastFact.js'
import { stoppedBefore, unfinished } from '../../restore/unfinished.js'
import { corruptionSteps } from './corruptionSteps.js'
import { cutOffRecoveries, wasNotBegun } from './cutOff.js'
import { runningDependants } from './dependants.js'
import { lookForDamage } from './lookForDamage.js'
import { openFirst } from './openWay.js'
import type { CorruptionFacts } from './planText.js'
import { corruptionObjective, type CorruptionRecovery, type CorruptionRequest } from './recovery.js'
import { byCoverage, waysBack, type Way } from './ways.js'

/**
 * Finds out whether the data of a server is damaged, and brings it back from what loses least, with the damaged files kept
 * aside. Where everything was looked at and nothing was found, nothing is done. Throws `DAMAGE_UNSEEN` (environment) where not
 * everything could be looked at, and nothing was found in the rest.
 */
export const recoverFromCorruption: Procedure<CorruptionRequest, CorruptionRecovery, World> = {
  id: 'dr corruption',
  summary: 'find out whether the data is damaged, and bring it back',

  async plan(request, world) {
    const { target } = request
    const began = world.clock.elapsed()
    const cutOff = await cutOffRecoveries(target, world)
    await requireNothingCutOff(target, world, cutOff)
    const verdict = request.assumed || cutOff.length > 0 ? undefined : await looked(request, world)
    if (verdict?.verdict === 'sound') return nothingToDo(request, verdict, began, world)
    if (verdict?.verdict === 'unknown') throw unseen(request, verdict)
    const ways = await findWays(request, world)
    const scene = await findScene(target, undefined, world)
    requireAlone(request, scene.live?.storage.members ?? [])
    const volume = await world.dataVolumes.look(scene.place, request.signal)
    const destination = { target, scene, volume }
    const readable = readsOplog(request, cutOff, scene)
    const first = readable ? ways.toSorted(archivesAhead) : ways
    const { way, passedOver } = await openFirst(first, destination, world, request.signal)
    const stopped = await stoppedBefore(target, world)
    const writers = await runningDependants(target, request.targets, world, stopped)
    const others = (await unfinished(target, world)).filter(
      ({ id }) => !cutOff.some((one) => one.id === id),
    )
    const facts: CorruptionFacts = {
      request,
      verdict,
      cutOff,
      way,
      ways,
      destination,
      writers,
      readsOplog: readable && way.kind !== 'data files',
      duration: await drilledFact('corruption', target, world),
    }
    const plan = { facts, passedOver, others, folder: folderName(world), began }
    return {
      ...corruptionSteps(plan, world),
      locks: await targetsOn(scene.container.id, request, world),
    }
  },
}

/** Whether the server still runs, so that its newest writes can be had from its oplog: more than any backup has. */
function readsOplog(
  { target, toTime, backup }: CorruptionRequest,
  cutOff: readonly Receipt[],
  { live }: RestoreScene,
): boolean {
  const free = toTime === undefined && backup === undefined && cutOff.every(wasNotBegun)
  return free && target.pointInTime && live?.server.primary === true
}

/** Slices continue archives alone, and those of everything. */
function archivesAhead(one: Way, other: Way): number {
  const coverage = byCoverage(one, other)
  if (coverage !== 0) return coverage
  return Number(one.kind === 'data files') - Number(other.kind === 'data files')
}

/** Every target whose data lies in this container: all of it is exchanged, so nobody may save or restore any of it meanwhile. */
async function targetsOn(
  container: string,
  { target, targets }: CorruptionRequest,
  { containers }: World,
): Promise<readonly string[]> {
  const names = new Set([target.name])
  for (const one of targets) {
    if (one.place.kind === 'server') continue
    // One that cannot be told apart may be there: its lock does no harm.
    const id = await containers.find(one).then(
      (found) => found?.id,
      () => container,
    )
    if (id === container) names.add(one.name)
  }
  return [...names]
}

async function looked(request: CorruptionRequest, world: World): Promise<DamageVerdict> {
  const { target, lookLimit: limit, signal } = request
  const newest = (await world.shelf(target).list()).find(
    ({ manifest, present }) => present && isGood(manifest.trust) && manifest.purpose === 'backup',
  )
  const search = { target, limit, signal, ...(newest ? { newest: newest.manifest } : {}) }
  return judgeDamage(await lookForDamage(search, world))
}

/** Throws `NO_BACKUP` (not-found), `NO_SOUND_BACKUP` (integrity), `BACKUP_NOT_FOUND` (not-found), `MOMENT_UNREACHABLE` (not-found). */
async function findWays(
  { target, toTime, backup }: CorruptionRequest,
  world: World,
): Promise<readonly Way[]> {
  const shelf = world.shelf(target)
  if (backup !== undefined) await backupById(backup, target, shelf)
  const holdings = await world.slices(target).holdings()
  const history = historyOf({ ...holdings, bases: await basesOn(shelf) })
  const ways = waysBack({
    entries: await shelf.list(),
    history,
    receipts: await world.receipts.list(),
    target: target.name,
    ...(toTime === undefined ? {} : { wanted: wantedMoment(toTime, world.clock.now()) }),
    ...(backup === undefined ? {} : { backup }),
  })
  if (ways.length > 0) return ways
  await latestBackup(target, shelf)
  throw new Failure(
    'integrity',
    'NO_SOUND_BACKUP',
    `${backup ?? 'none of the backups'} of "${target.name}" cannot be relied on`,
    ['ops backup list', 'ops backup verify --all'],
  )
}

/** Files put back on one member would contradict the others, which hold the data. Throws `SET_HAS_OTHERS` (refused). */
function requireAlone({ target }: CorruptionRequest, members: readonly string[]): void {
  if (members.length <= 1) return
  throw new Failure(
    'refused',
    'SET_HAS_OTHERS',
    `the replica set of "${target.name}" has ${members.length.toString()} members: a damaged one is synchronised anew from the others, which have its data`,
    [
      'mongosh --eval "rs.status()"',
      'empty its data folder and start it: it copies from another member',
    ],
  )
}

function unseen({ target: { name } }: CorruptionRequest, { notLooked }: DamageVerdict): Failure {
  return new Failure(
    'environment',
    'DAMAGE_UNSEEN',
    `no damage was found in "${name}", but not everything could be looked at: ${notLooked.join('; ')}; nothing was touched`,
    [
      'ops dr container   (is it only down?)',
      'ops dr corruption --assume-damaged   (where you know that it is damaged)',
      'ops doctor',
    ],
    { facts: { notLooked } },
  )
}

function nothingToDo(
  { target: { name } }: CorruptionRequest,
  { damages, notes }: DamageVerdict,
  began: number,
  world: World,
): Plan<CorruptionRecovery> {
  return {
    command: 'dr corruption',
    target: name,
    title: `nothing to bring back: no damage was found in ${name}`,
    facts: [
      ['Target', name],
      ['Looked at', 'log, every collection to its end, data and indexes by the server itself'],
    ],
    warnings: notes,
    loses: [],
    holds: 'nothing',
    steps: [],
    result: () => ({
      target: name,
      verdict: 'sound',
      damages,
      notes,
      back: null,
      seconds: Math.round(world.clock.elapsed() - began) / 1000,
      objectiveSeconds: corruptionObjective,
      receipt: null,
    }),
  }
}
