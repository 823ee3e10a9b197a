import { Failure } from '../../domain/failure.js'
import { byContent } from '../../domain/retention/judge.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { CatalogEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { sweptText } from '../backup/sweptText.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { safetyBackupsInUse } from '../restore/safetyBackups.js'
import type { RetentionSettings } from './examineShelf.js'

/** What deleting needs to know. */
export interface DeleteRequest {
  readonly target: Target
  readonly ids: readonly string[]
  /** The operator knows that no good backup is left afterwards. */
  readonly acceptLastGood: boolean
  readonly neededBy: RetentionSettings['neededBy']
}

/** What `ops backup delete` answers. */
export interface DeleteResult {
  readonly target: string
  readonly removed: readonly string[]
  readonly receipt: string | null
}

/**
 * Moves named backups to the trash. Throws `BACKUP_NOT_FOUND` (not-found), `LAST_GOOD_BACKUP` (refused) where no good one
 * (archive, or copy of the data files) would be left and nobody accepted that, `BACKUP_NEEDED` (refused) where something cannot do without one of them.
 */
export const deleteBackups: Procedure<DeleteRequest, DeleteResult, World> = {
  id: 'delete',
  summary: 'move named backups to the trash',

  async plan(request, world) {
    const { target } = request
    const ids = [...new Set(request.ids)]
    const named = await requireDeletable({ ...request, ids }, world)
    const inUse = await safetyBackupsInUse(target, world.receipts)
    return deletion({ ...request, ids }, named, inUse, world)
  },
}

async function requireDeletable(
  { target, ids, acceptLastGood, neededBy }: DeleteRequest,
  world: World,
): Promise<readonly CatalogEntry[]> {
  const { entries } = await world.shelf(target).catalog()
  const named = ids.map((id) => {
    const found = entries.find(({ manifest }) => manifest.id === id)
    if (found) return found
    throw new Failure('not-found', 'BACKUP_NOT_FOUND', `"${target.name}" has no backup ${id}`, [
      'ops backup list',
    ])
  })
  const needing = await neededBy(target, world.clock.now())
  for (const id of ids) {
    const needs = needing(id)
    if (needs.length > 0)
      throw new Failure('refused', 'BACKUP_NEEDED', `${id} is needed by ${needs.join(', ')}`, [
        `ops backup show ${id}`,
      ])
  }
  const good = entries.filter(
    ({ manifest, present }) => present && isGood(manifest.trust) && manifest.purpose === 'backup',
  )
  const last = byContent(good.map(({ manifest }) => manifest)).findIndex(
    (alike) => alike.length > 0 && alike.every(({ id }) => ids.includes(id)),
  )
  if (last >= 0 && !acceptLastGood)
    throw new Failure(
      'refused',
      'LAST_GOOD_BACKUP',
      `no good ${last === 0 ? 'backup' : 'copy of the data files'} of "${target.name}" would be left; nothing was removed`,
      ['ops backup', `ops backup delete ${ids.join(' ')} --last-good`],
    )
  return named
}

function deletion(
  request: DeleteRequest,
  named: readonly CatalogEntry[],
  inUse: ReadonlyMap<string, readonly string[]>,
  world: World,
): Plan<DeleteResult> {
  const { target, ids } = request
  const shelf = world.shelf(target)
  const move: Step = {
    title: `Move ${ids.join(', ')} to the trash`,
    effect: 'changes',
    run: () => shelf.remove(ids, { at: world.clock.now(), command: 'backup delete' }),
    undo: async () => {
      await shelf.bringBack(ids)
    },
  }
  const lookAgain: Step = {
    title: 'Look again: is a good backup left?',
    effect: 'reads',
    async run({ warn }) {
      for (const leftover of await shelf.sweep()) warn(sweptText(leftover))
      await requireDeletable(request, world)
    },
  }
  const undone = ids.flatMap((id) => (inUse.get(id) ?? []).map((receipt) => [id, receipt] as const))
  return {
    command: 'backup delete',
    target: target.name,
    title: `delete ${ids.length === 1 ? 'a backup' : `${ids.length.toString()} backups`} of ${target.name}`,
    facts: named.map(({ manifest }) => [
      'Removes',
      `${manifest.id} (${manifest.trust}, ${manifest.bytes.toString()} bytes)`,
    ]),
    loses: undone.map(([id, receipt]) => `"ops undo ${receipt}" cannot be done without ${id}`),
    steps: [lookAgain, move],
    receipt: () => ({ shelf: { removed: ids, returned: [] } }),
    result: (receipt) => ({ target: target.name, removed: ids, receipt: receipt?.id ?? null }),
  }
}
