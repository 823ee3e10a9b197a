import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/writeBackup.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { undoDataFiles } from '../dataFiles/undoDataFiles.js'
import { restore } from './restore.js'
import type { UndoResult } from './undoResult.js'
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

/** Takes back the last destructive procedure: the state before it is restored from its safety backup, or what it made is dropped. */
export const undo: Procedure<UndoRequest, UndoResult, World> = {
  id: 'undo',
  summary: 'take back the last destructive procedure',

  async plan(request, world) {
    const receipt = await findReceipt(request, world)
    const target = request.target(receipt.target)
    const { created, touched, safetyBackup, dataFiles } = receipt
    if (dataFiles)
      return undoDataFiles(receipt, dataFiles, target, markUndone(receipt, world), world)
    if (created) return dropCopies(receipt, created, target, world)
    if (safetyBackup === undefined && touched) return dropTouched(receipt, touched, target, world)
    return restoreBefore(receipt, target, request, world)
  },
}

async function findReceipt({ receipt: id, only }: UndoRequest, world: World): Promise<Receipt> {
  if (id !== undefined) {
    const found = await world.receipts.read(id)
    if (!found)
      throw new Failure('not-found', 'RECEIPT_NOT_FOUND', `there is no receipt ${id}`, ['ops undo'])
    if (await canBeUndone(found, world)) return found
    throw new Failure(
      'refused',
      'UNDO_IMPOSSIBLE',
      `${id} cannot be taken back: ${whyNot(found)}`,
      ['ops backup list'],
    )
  }
  for (const receipt of await world.receipts.list()) {
    if (only !== undefined && receipt.target !== only) continue
    if (await canBeUndone(receipt, world)) return receipt
  }
  throw new Failure('not-found', 'NOTHING_TO_UNDO', 'nothing was done that could be taken back', [
    'ops backup list',
  ])
}

async function canBeUndone(receipt: Receipt, world: World): Promise<boolean> {
  const { safetyBackup, created, touched, emptyBefore, dataFiles } = receipt
  const kept = dataFiles !== undefined && dataFiles.forgotten !== true
  if (!kept && safetyBackup === undefined && created === undefined && !(touched && emptyBefore))
    return false
  if (receipt.state === 'done' || receipt.state === 'failed') return true
  return receipt.state === 'started' && (await world.receipts.abandoned(receipt))
}

function whyNot({ state, safetyBackup, dataFiles, writesLocked }: Receipt): string {
  if (writesLocked !== undefined) return 'it changed no data'
  if (dataFiles?.forgotten === true) return 'the files before it were removed'
  if (state === 'undone') return 'it was taken back already'
  if (state === 'rolled-back') return 'it failed, and what it had changed was taken back then'
  if (state === 'started') return 'it is still running'
  return safetyBackup === undefined ? 'no safety backup was taken before it' : `it is ${state}`
}

function markUndone(receipt: Receipt, world: World): Step {
  return {
    title: `Close the record of ${receipt.id}`,
    effect: 'changes',
    afterwards: true,
    run: () => world.receipts.save({ ...receipt, state: 'undone', stopped: [] }),
  }
}

async function restoreBefore(
  receipt: Receipt,
  target: Target,
  request: UndoRequest,
  world: World,
): Promise<Plan<UndoResult>> {
  const { touched = { databases: target.databases }, safetyBackup: id = '' } = receipt
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
    steps: [...plan.steps, markUndone(receipt, world)],
    result: (own) => {
      const restored = plan.result(own)
      return {
        undone: receipt.id,
        target: target.name,
        dropped: restored.dropped,
        restored,
        receipt: restored.receipt,
      }
    },
  }
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
  return dropping(
    receipt,
    mine.map(({ database, collection }) => `${database}.${collection}`),
    names,
    target,
    world,
    drop,
  )
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
      receipt: own?.id ?? null,
    }),
  }
}
