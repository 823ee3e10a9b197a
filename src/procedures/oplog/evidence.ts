import { pointOf } from '../../archive/oplog/point.js'
import { replacedData } from '../../domain/leftHalf.js'
import { baseOf, type Base } from '../../domain/oplog/base.js'
import type { Evidence } from '../../domain/oplog/continuity.js'
import type { Lookup, OplogWindow } from '../../domain/oplog/window.js'
import type { OplogPoint } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { Oplog } from '../../ports/oplog.js'
import type { SliceState } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'

/** Collects what decides how slices go on: what lies in the folder, held against what the server has. Changes nothing. */
export async function sliceEvidence(
  target: Target,
  state: SliceState,
  window: OplogWindow,
  oplog: Oplog,
  world: Pick<World, 'shelf' | 'receipts' | 'host'>,
): Promise<Evidence> {
  const { tail, first, ended, timeline } = state
  const open =
    tail === undefined || first === undefined || ended
      ? undefined
      : {
          timeline,
          first,
          end: tail.end,
          found: await lookup(tail.end, oplog),
          ...(tail.replicaSetId === undefined ? {} : { replicaSetId: tail.replicaSetId }),
          takenAt: tail.takenAt,
        }
  const restoredAt = await lastRestore(target, world)
  return {
    window,
    ...(open ? { open } : {}),
    bases: await untied(target, state, window, oplog, world),
    ...(restoredAt === undefined ? {} : { restoredAt }),
    nextTimeline: timeline + 1,
  }
}

/** What the oplog has in the place of an entry. */
async function lookup({ at, sha256 }: OplogPoint, oplog: Oplog): Promise<Lookup> {
  const found = await oplog.entryAt(at)
  if (!found) return 'missing'
  return pointOf(found).sha256 === sha256 ? 'same' : 'different'
}

/**
 * Good bases that belong to no timeline yet and whose last entry may still be in the oplog; the newest backup also where it
 * cannot, so that it can be said why it is of no use.
 */
async function untied(
  target: Target,
  { anchors }: SliceState,
  { oldest }: OplogWindow,
  oplog: Oplog,
  { shelf: shelves }: Pick<World, 'shelf'>,
): Promise<Evidence['bases']> {
  const shelf = shelves(target)
  const tied = new Set(anchors.map(({ base }) => base))
  const { entries } = await shelf.catalog()
  const bases: (Base & { readonly found: Lookup })[] = []
  // The newest comes first.
  const newest = entries.find(({ manifest }) => manifest.consistentAt !== undefined)
  for (const entry of entries) {
    const { manifest: brief, present } = entry
    const { id, consistentAt } = brief
    if (tied.has(id) || consistentAt === undefined) continue
    if (entry !== newest && Date.parse(consistentAt) < oldest.seconds * 1000) continue
    const manifest = await shelf.manifest(id)
    const base = manifest && baseOf(manifest, present)
    if (base) bases.push({ ...base, found: await lookup(base.last, oplog) })
  }
  return bases
}

/**
 * When the newest restore into this server ended, or began, where it has not ended. One that this very process is about to
 * carry out has changed nothing yet: it asks for a last slice before it does.
 */
async function lastRestore(
  target: Target,
  { receipts, host }: Pick<World, 'receipts' | 'host'>,
): Promise<string | undefined> {
  const moments = (await receipts.list())
    // One that ended before it replaced anything changed nothing; a copy beside the live databases is in the oplog like every
    // other write, and so is what a deletion had put back.
    .filter((receipt) => receipt.target === target.name && replacedData(receipt))
    .filter(
      ({ state, pid, host: of }) => !(state === 'started' && pid === host.pid && of === host.name),
    )
    .map(({ finishedAt, startedAt }) => finishedAt ?? startedAt)
  return moments.sort().at(-1)
}
