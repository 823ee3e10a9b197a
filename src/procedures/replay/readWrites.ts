import { readAgeHeader } from '../../archive/ageHeader.js'
import { gunzip } from '../../archive/gzip/gunzip.js'
import { Elements } from '../../archive/bson/elements.js'
import { cutEntries } from '../../archive/oplog/cutEntries.js'
import { writtenId } from '../../archive/oplog/documentWrite.js'
import { OperationReader, type ReadOperation } from '../../archive/oplog/operations.js'
import { Bursts } from '../../domain/deletions/bursts.js'
import type { Deletion } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import type { KeptWritesManifest } from '../../domain/keptWrites.js'
import { compareOptimes, optimeText } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { keyFor } from '../encryption/keyFor.js'
import { damagedKept } from './findKept.js'
import { ReplacedCollections, type Behind } from './replacedCollections.js'

/** Bytes of writes that are played back in one go, and how many: all of them are held in memory, where a small one takes about 1 KiB. */
const usual = { bytes: 256 * 1024 * 1024, writes: 1_000_000 }

/** Deletes of fewer documents are no burst. */
const atLeast = 10

/** Which writes of a file are read, and how much of them at most. */
export interface WantedWrites {
  readonly isWanted: (namespace: string) => boolean
  /** Those that are not wanted, and are of the same restore: a transaction that is to them too is not played back in part. */
  readonly isBeside?: (namespace: string) => boolean
  readonly most?: { readonly bytes: number; readonly writes: number }
}

/** A write to one document. */
export interface KeptWrite {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly namespace: string
  readonly id: Buffer
  /** Tells documents of all collections from each other. */
  readonly key: string
  readonly raw: Buffer
  /** Place of what it belongs to, among those that were found; nothing for a write by itself. */
  readonly deletion?: number
  /** What became of its collection before it. */
  readonly behind?: Behind
  /** Why its transaction cannot be played back whole. */
  readonly torn?: string
}

/** What a file of kept writes holds of what is wanted. */
export interface ReadWrites {
  /** In order; those of a transaction together. */
  readonly units: readonly (readonly KeptWrite[])[]
  /** Deletes in bursts, drops, and updates in bursts, oldest first. */
  readonly deletions: readonly Deletion[]
  /** Collections that were made with options, or by a renaming, and why they cannot be made here. */
  readonly strange: ReadonlyMap<string, string>
}

/** The key of a document among those of all collections. */
export function keyIn(namespace: string, id: Uint8Array): string {
  return `${namespace} ${Buffer.from(id).toString('latin1')}`
}

/**
 * Reads the writes of a file. Throws `KEPT_WRITES_DAMAGED` (integrity), `REPLAY_TOO_LARGE` (refused), and what key, encryption and
 * gzip throw.
 */
export async function readWrites(
  manifest: KeptWritesManifest,
  { isWanted, isBeside = () => false, most = usual }: WantedWrites,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<ReadWrites> {
  const reader = new OperationReader((name) => isWanted(name) || isBeside(name))
  const crossing = new Set<string>()
  // One that was forgotten would be played back unasked: all that a file holds are remembered.
  const bursts = new Bursts(atLeast, undefined, Infinity)
  const operations: ReadOperation[] = []
  const strange = new Map<string, string>()
  let [entries, rawBytes, held] = [0, 0, 0]
  for await (const entry of cutEntries(gunzip(await clearOf(manifest, target, world, signal)))) {
    signal.throwIfAborted()
    entries++
    rawBytes += entry.length
    for (const operation of reader.take(entry)) {
      if (!isWanted(operation.namespace)) {
        if (operation.isTransaction) crossing.add(optimeText(operation.at))
        // Its collections go with it, one of those that are wanted among them.
        if (operation.kind !== 'dropDatabase') continue
      }
      bursts.take(operation)
      held += operation.raw?.length ?? 0
      operations.push(operation)
      if (held > most.bytes || operations.length > most.writes) throw tooLarge(manifest, most)
      const why =
        operation.kind === 'create' && operation.raw ? whyStrange(operation.raw) : undefined
      if (why !== undefined) strange.set(operation.namespace, why)
    }
  }
  if (entries !== manifest.entries || rawBytes !== manifest.rawBytes)
    throw damagedKept(manifest.file, 'what is in it is not what its manifest says')
  const { deletions } = bursts.found()
  return { units: unitsOf(operations, deletions, crossing), deletions, strange }
}

async function clearOf(
  manifest: KeptWritesManifest,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const folder = world.keptWrites(target)
  const header = await readAgeHeader(folder.read(manifest))
  if (!header) return folder.read(manifest)
  const { id: name, recipients } = manifest
  const key = await keyFor({ name, header, recipients }, world)
  return world.cipher.decrypt(folder.read(manifest), [key], signal)
}

function unitsOf(
  operations: readonly ReadOperation[],
  deletions: readonly Deletion[],
  crossing: ReadonlySet<string>,
): readonly (readonly KeptWrite[])[] {
  const replaced = new ReplacedCollections(deletions)
  const units: KeptWrite[][] = []
  let before: ReadOperation | undefined
  for (const operation of operations) {
    replaced.take(operation)
    const own = writeOf(operation, deletions)
    if (!own) continue
    const behind = replaced.before(own.namespace)
    const torn = whyTorn(operation, crossing)
    const write = { ...own, ...(behind ? { behind } : {}), ...(torn === undefined ? {} : { torn }) }
    const isSame =
      before?.isTransaction === true &&
      operation.isTransaction &&
      compareOptimes(before.at, operation.at) === 0
    const last = units.at(-1)
    if (isSame && last) last.push(write)
    else units.push([write])
    before = operation
  }
  return units
}

function whyTorn(
  { isTorn, isTransaction, at }: ReadOperation,
  crossing: ReadonlySet<string>,
): string | undefined {
  if (isTorn) return 'its transaction began before what was kept'
  return isTransaction && crossing.has(optimeText(at))
    ? 'its transaction is to other collections too, which are not chosen'
    : undefined
}

function writeOf(operation: ReadOperation, deletions: readonly Deletion[]): KeptWrite | undefined {
  const { kind, namespace, raw } = operation
  if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) return undefined
  const id = writtenId(raw)
  const deletion = deletions.findIndex((one) => isOf(one, operation))
  const key = keyIn(namespace, id)
  return { kind, namespace, id, key, raw, ...(deletion < 0 ? {} : { deletion }) }
}

function isOf(deletion: Deletion, { kind, namespace, at, session, isTransaction }: ReadOperation) {
  return (
    deletion.kind === kind &&
    deletion.namespace === namespace &&
    deletion.session === session &&
    deletion.isTransaction === isTransaction &&
    compareOptimes(deletion.first, at) <= 0 &&
    compareOptimes(at, deletion.last) <= 0
  )
}

/** Why a collection is not made by its first insert as it was made then. */
function whyStrange(raw: Buffer): string | undefined {
  const command = new Elements(raw, 0).find('o')
  if (!command?.isDocument) return undefined
  const fields = command.inside()
  while (fields.next()) {
    if (fields.name === 'renameCollection') return 'it got its name by a renaming'
    if (fields.name !== 'create' && fields.name !== 'idIndex')
      return 'it was made with options: make it first, as it was'
  }
  return undefined
}

function tooLarge(
  { id }: KeptWritesManifest,
  { bytes, writes }: Required<WantedWrites>['most'],
): Failure {
  return new Failure(
    'refused',
    'REPLAY_TOO_LARGE',
    `${id} holds more than ${(bytes / 1024 / 1024).toString()} MiB of writes, or more than ${writes.toString()}, which are more than are played back in one go; nothing was changed`,
    [`ops pitr replay ${id} --database NAME --collection NAME   (one collection after the other)`],
  )
}
