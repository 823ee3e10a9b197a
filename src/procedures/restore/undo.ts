import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/writeBackup.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { restore, type RestoreResult } from './restore.js'

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

/** What `ops undo` answers. */
export interface UndoResult {
  readonly undone: string
  readonly target: string
  readonly dropped: readonly string[]
  readonly restored: RestoreResult | null
  readonly receipt: string | null
}

/** Takes back the last destructive procedure: the state before it is restored from its safety backup, or what it made is dropped. */
export const undo: Procedure<UndoRequest, UndoResult, World> = {
  id: 'undo',
  summary: 'take back the last destructive procedure',

  async plan(request, world) {
    const receipt = await findReceipt(request, world)
    const target = request.target(receipt.target)
    return receipt.created
      ? dropCopies(receipt, receipt.created, target, world)
      : restoreBefore(receipt, target, request, world)
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
  if (receipt.safetyBackup === undefined && receipt.created === undefined) return false
  if (receipt.state === 'done' || receipt.state === 'failed') return true
  return receipt.state === 'started' && (await world.receipts.abandoned(receipt))
}

function whyNot({ state, safetyBackup }: Receipt): string {
  if (state === 'undone') return 'it was taken back already'
  if (state === 'rolled-back') return 'it failed, and what it had changed was taken back then'
  if (state === 'started') return 'it is still running'
  return safetyBackup === undefined ? 'no safety backup was taken before it' : `it is ${state}`
}

function markUndone(receipt: Receipt, world: World): Step {
  return {
    title: `Close the record of ${receipt.id}`,
    effect: 'changes',
    run: () => world.receipts.save({ ...receipt, state: 'undone' }),
  }
}

async function restoreBefore(
  receipt: Receipt,
  target: Target,
  request: UndoRequest,
  world: World,
): Promise<Plan<UndoResult>> {
  const id = receipt.safetyBackup ?? ''
  const { touched } = receipt
  const [database] = touched?.databases ?? []
  const plan = await restore.plan(
    {
      target: touched ? { ...target, databases: touched.databases } : target,
      wanted: { kind: 'id', id },
      choice:
        touched?.collection !== undefined && database !== undefined
          ? { database, collection: touched.collection }
          : {},
      safetyBackup: request.safetyBackup,
      allowVersionMismatch: false,
      compression: request.compression,
      command: 'undo',
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

function dropCopies(
  receipt: Receipt,
  created: readonly string[],
  target: Target,
  world: World,
): Plan<UndoResult> {
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [['Drops', created.join(', ')]],
    loses: created.map((database) => `database ${database}, with everything written to it since`),
    steps: [
      {
        title: `Drop ${created.join(', ')}`,
        effect: 'destroys',
        async run({ signal }) {
          const session = await world.mongo.connect(target, signal)
          try {
            for (const database of created) await session.dropDatabase(database)
          } finally {
            await session.close()
          }
        },
      },
      markUndone(receipt, world),
    ],
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: created,
      restored: null,
      receipt: own?.id ?? null,
    }),
  }
}
