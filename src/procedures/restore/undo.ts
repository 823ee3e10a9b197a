import { Failure } from '../../domain/failure.js'
import { hasWayBack, wayBackOf } from '../../domain/leftHalf.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import { takeAwaySystem, whyInUse } from '../dr/system/takeAway.js'
import { undoDataFiles } from '../dataFiles/undoDataFiles.js'
import { undoDeletion } from '../dr/undoDeletion.js'
import type { Plan, Procedure } from '../plan.js'
import { undoEnable } from '../replicaSet/undoEnable.js'
import { undoIndex } from '../troubleshoot/undoIndex.js'
import { undoSetting } from '../troubleshoot/undoSetting.js'
import { returnRemoved } from '../retention/returnRemoved.js'
import { markUndone, type UndoResult } from './undone.js'
import { restore } from './restore.js'
import type { Touched } from './stateBefore.js'

/** What taking back needs to know. */
export interface UndoRequest {
  /** Receipt to take back; the newest that can be where none is given. */
  readonly receipt?: string
  /** The target of a receipt, by name. */
  target(name: string): Target
  /** Only receipts of this target are looked at where none is given. */
  readonly only?: string
  readonly safetyBackup: boolean
  readonly compression: Compression
}

/**
 * Takes back the last procedure that can be: the state before it is restored from its safety backup, the data files before
 * it are put back, what it made is dropped, or what it moved to the trash is brought back.
 */
export const undo: Procedure<UndoRequest, UndoResult, World> = {
  id: 'undo',
  summary: 'take back the last destructive procedure',

  async plan(request, world) {
    const receipt = await findReceipt(request, world)
    if (receipt.system) return takeAwaySystem(receipt, receipt.system, world)
    if (receipt.setting) {
      const own = receipt.setting.targets.flatMap((name) => known(name, request) ?? [])
      return undoSetting(receipt, receipt.setting, own, markUndone(receipt, world), world)
    }
    const target = request.target(receipt.target)
    const plan = await planOf(receipt, target, request, world)
    // The data stays as it is: nothing of what came later goes.
    if (receipt.replicaSet ?? receipt.index) return plan
    return { ...plan, loses: [...(await laterOnes(receipt, request, world)), ...plan.loses] }
  },
}

async function planOf(
  receipt: Receipt,
  target: Target,
  request: UndoRequest,
  world: World,
): Promise<Plan<UndoResult>> {
  const { created, dataFiles } = receipt
  const { touched, safetyBackup } = wayBackOf(receipt)
  if (dataFiles) return undoDataFiles(receipt, dataFiles, target, markUndone(receipt, world), world)
  if (receipt.putBack)
    return undoDeletion(receipt, receipt.putBack, target, markUndone(receipt, world), world)
  if (receipt.index)
    return undoIndex(receipt, receipt.index, target, markUndone(receipt, world), world)
  if (receipt.replicaSet)
    return undoEnable(receipt, receipt.replicaSet, target, markUndone(receipt, world), world)
  if (receipt.shelf) return returnRemoved(receipt, target, world)
  if (created) return dropCopies(receipt, created, target, world)
  if (safetyBackup === undefined && touched) return dropTouched(receipt, touched, target, world)
  return restoreBefore(receipt, target, request, world)
}

/** What was done to the target after what is taken back, and cannot be taken back itself: the operator may mean that. */
async function laterOnes(
  receipt: Receipt,
  request: UndoRequest,
  world: World,
): Promise<readonly string[]> {
  const all = (await world.receipts.list()).filter(({ target }) => target === receipt.target)
  const later = all.slice(
    0,
    all.findIndex(({ id }) => id === receipt.id),
  )
  const lost: string[] = []
  for (const one of later) {
    if ((one.touched ?? one.dataFiles) === undefined) continue
    if (one.state === 'undone' || one.state === 'rolled-back') continue
    if (await canBeUndone(one, request, world)) continue
    lost.push(
      `what "${one.title}" of ${one.startedAt} brought: it came LATER than what is taken back, and cannot itself be taken back (${whyNot(one)})`,
    )
  }
  return lost
}

async function findReceipt(request: UndoRequest, world: World): Promise<Receipt> {
  const { receipt: id, only } = request
  if (id !== undefined) {
    const found = await world.receipts.read(id)
    if (!found)
      throw new Failure('not-found', 'RECEIPT_NOT_FOUND', `there is no receipt ${id}`, ['ops undo'])
    if (await canBeUndone(found, request, world)) return found
    throw new Failure(
      'refused',
      'UNDO_IMPOSSIBLE',
      `${id} cannot be taken back: ${await whyRefused(found, world)}`,
      ['ops backup list'],
    )
  }
  for (const receipt of await world.receipts.list()) {
    if (only !== undefined && receipt.target !== only) continue
    // What a backup tidied up on its way is not what somebody has just done: it is taken back by its name only.
    if (receipt.command === 'backup') continue
    if (await leadsToHalf(receipt, request, world)) continue
    if (await canBeUndone(receipt, request, world)) return receipt
  }
  throw new Failure('not-found', 'NOTHING_TO_UNDO', 'nothing was done that could be taken back', [
    'ops backup list',
  ])
}

/**
 * What was cut off while it put right what another run had left half done leads back to that rubble only: while the other run can
 * be taken back itself, nobody means this one.
 */
async function leadsToHalf(
  { state, savedHalf, carried }: Receipt,
  request: UndoRequest,
  world: World,
): Promise<boolean> {
  if (state === 'done' || savedHalf === undefined || carried) return false
  const half = await world.receipts.read(savedHalf)
  return half !== undefined && (await canBeUndone(half, request, world))
}

async function canBeUndone(receipt: Receipt, request: UndoRequest, world: World): Promise<boolean> {
  const { created, dataFiles } = receipt
  const kept = dataFiles !== undefined && dataFiles.forgotten !== true
  if (receipt.system) {
    if ((await whyInUse(receipt, receipt.system, world)) !== undefined) return false
  } else if (receipt.shelf) {
    if (!(await isInTrash(receipt, request, world))) return false
  } else if (
    !kept &&
    created === undefined &&
    receipt.putBack === undefined &&
    receipt.replicaSet === undefined &&
    receipt.index === undefined &&
    receipt.setting === undefined &&
    !hasWayBack(wayBackOf(receipt))
  )
    return false
  if (receipt.state === 'done' || receipt.state === 'failed') return true
  return receipt.state === 'started' && (await world.receipts.abandoned(receipt))
}

/** Whether the trash still holds any of what was moved there. */
async function isInTrash(receipt: Receipt, request: UndoRequest, world: World): Promise<boolean> {
  const removed = receipt.shelf?.removed ?? []
  const target = removed.length > 0 ? known(receipt.target, request) : undefined
  if (!target) return false
  return (await world.shelf(target).trash()).some(({ id }) => removed.includes(id))
}

/** The target of that name; nothing where ops.yaml no longer has it. */
function known(name: string, request: UndoRequest): Target | undefined {
  try {
    return request.target(name)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

async function whyRefused(receipt: Receipt, world: World): Promise<string> {
  const { system, state } = receipt
  const ended = state === 'done' || state === 'failed' || (await world.receipts.abandoned(receipt))
  return (system && ended ? await whyInUse(receipt, system, world) : undefined) ?? whyNot(receipt)
}

function whyNot(receipt: Receipt): string {
  const { state, shelf, copies, dataFiles, writesLocked, containers } = receipt
  if (copies) return `what was removed from ${copies.place} is gone: a place has no trash`
  if (writesLocked !== undefined || containers) return 'it changed no data'
  if (dataFiles?.forgotten === true) return 'the files before it were removed'
  if (state === 'undone') return 'it was taken back already'
  if (state === 'rolled-back') return 'it failed, and what it had changed was taken back then'
  if (state === 'started') return 'it is still running'
  if (shelf) return 'the trash no longer holds what it removed'
  return wayBackOf(receipt).safetyBackup === undefined
    ? 'no safety backup was taken before it'
    : `it is ${state}`
}

async function restoreBefore(
  receipt: Receipt,
  target: Target,
  request: UndoRequest,
  world: World,
): Promise<Plan<UndoResult>> {
  const { touched = { databases: target.databases }, safetyBackup: id = '' } = wayBackOf(receipt)
  const half = receipt.carried ? undefined : receipt.savedHalf
  const plan = await restore.plan(
    {
      target,
      wanted: { kind: 'id', id },
      choice: {},
      exactly: touched,
      safetyBackup: request.safetyBackup,
      allowVersionMismatch: false,
      compression: request.compression,
      command: 'undo',
      stoppedBefore: receipt.stopped ?? [],
    },
    world,
  )
  return {
    ...plan,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    loses: [...(half === undefined ? [] : [halfComesBack(half)]), ...plan.loses],
    steps: [...plan.steps, markUndone(receipt, world)],
    receipt: () => ({
      ...plan.receipt?.(),
      again: `ops undo ${receipt.id}`,
      ...(half === undefined ? {} : { broughtBackHalf: half }),
    }),
    result: (own) => {
      const restored = plan.result(own)
      return {
        undone: receipt.id,
        target: target.name,
        dropped: restored.dropped,
        restored,
        returned: [],
        receipt: restored.receipt,
      }
    },
  }
}

function halfComesBack(half: string): string {
  return `data that is whole: what comes back was left half done by ${half}, and no state before that was saved`
}

/** Nothing was there before: what is there now, of what was touched, goes. */
async function dropTouched(
  receipt: Receipt,
  touched: Touched,
  target: Target,
  world: World,
): Promise<Plan<UndoResult>> {
  const session = await world.mongo.connect(target)
  const live = await session.namespaces(touched.databases, 'roughly').finally(() => session.close())
  const mine = live.filter(
    ({ collection }) => touched.collection === undefined || touched.collection === collection,
  )
  const names = mine.map(
    ({ database, collection, documents }) =>
      `${database}.${collection} (${documents.toString()} documents)`,
  )
  const drop = async (use: MongoSession) => {
    for (const { database, collection } of mine) await use.dropCollection(database, collection)
  }
  const plan = dropping(
    receipt,
    mine.map(({ database, collection }) => `${database}.${collection}`),
    names,
    target,
    world,
    drop,
  )
  return { ...plan, receipt: () => ({ touched, again: `ops undo ${receipt.id}` }) }
}

function dropCopies(
  receipt: Receipt,
  created: readonly string[],
  target: Target,
  world: World,
): Plan<UndoResult> {
  const losses = created.map(
    (database) => `database ${database}, with everything written to it since`,
  )
  return dropping(receipt, created, losses, target, world, async (session) => {
    for (const database of created) await session.dropDatabase(database)
  })
}

function dropping(
  receipt: Receipt,
  names: readonly string[],
  loses: readonly string[],
  target: Target,
  world: World,
  drop: (session: MongoSession) => Promise<void>,
): Plan<UndoResult> {
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [['Drops', names.join(', ') || 'nothing: it is gone already']],
    loses,
    steps: [
      {
        title: `Drop ${names.join(', ') || 'nothing'}`,
        effect: 'destroys',
        async run({ signal }) {
          const session = await world.mongo.connect(target, signal)
          await drop(session).finally(() => session.close())
        },
      },
      markUndone(receipt, world),
    ],
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: names,
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }
}
