import { createHash } from 'node:crypto'
import { lackOfStandalone, type KeptWritesManifest } from '../../domain/keptWrites.js'
import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { covers, replacedData } from '../../domain/leftHalf.js'
import { compareOptimes } from '../../domain/oplog/optime.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

/** Kept writes, and the moment from which on somebody else wrote to what the restore had brought back. */
export interface FoundKept {
  readonly manifest: KeptWritesManifest
  readonly restoredAt: Optime
  /** Lists of what earlier runs played back of it, oldest first. */
  readonly lists: readonly string[]
}

/**
 * Finds the writes that a restore of a target kept: by the id or the path of the file, by the id of the receipt, or the newest. Reads
 * the file to its end. Throws `KEPT_WRITES_NOT_FOUND` (not-found), `KEPT_WRITES_DAMAGED` (integrity), `REPLAY_ELSEWHERE` (refused)
 * where the server is not what that restore made of it.
 */
export async function findKept(
  wanted: string | undefined,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<FoundKept> {
  const folder = world.keptWrites(target)
  const { kept, unreadable } = await folder.holdings()
  const id = wanted === undefined ? undefined : await idOf(wanted, kept, world)
  const manifest =
    id === undefined
      ? (kept.findLast(({ among, exact }) => exact && among.length === 0) ?? kept.at(-1))
      : kept.find((one) => one.id === id)
  if (!manifest) throw notFound(wanted, target, unreadable)
  if (manifest.target !== target.name)
    throw elsewhere(manifest, `it is of "${manifest.target}", and not of "${target.name}"`)
  if (manifest.among.length > 0)
    throw elsewhere(
      manifest,
      `${manifest.among.join(', ')} is among these writes and cannot be told from the others`,
    )
  if (!manifest.exact)
    throw elsewhere(
      manifest,
      'the backup was taken without its oplog: which of these writes it holds already is not known',
    )
  if (manifest.lacks.includes(lackOfStandalone))
    throw elsewhere(
      manifest,
      `${lackOfStandalone} is not among these writes, and those after it cannot be told from it`,
    )
  const receipts = await world.receipts.list()
  const restoredAt = restoredBy(manifest, kept, receipts)
  await proveFile(manifest, folder.read(manifest), signal)
  const lists = receipts
    .toReversed()
    .flatMap(({ replayed }) => (replayed?.kept === manifest.id ? [replayed.list] : []))
  return { manifest, restoredAt, lists }
}

/** A path, the id of the file, or the id of the receipt of the restore. */
async function idOf(
  wanted: string,
  kept: readonly KeptWritesManifest[],
  { receipts }: Pick<World, 'receipts'>,
): Promise<string> {
  const name = wanted.slice(wanted.lastIndexOf('/') + 1)
  const id = name.replace(/\.(writes\.gz(\.age)?|json)$/, '')
  if (kept.some((one) => one.id === id)) return id
  return (await receipts.read(id))?.keptWrites?.id ?? id
}

/**
 * The server is that restore's as long as nothing else replaced its data since; where a restore was cut off, the one after it
 * that went back to the same point, and replaced all that the first was to, counts.
 */
function restoredBy(
  manifest: KeptWritesManifest,
  kept: readonly KeptWritesManifest[],
  receipts: readonly Receipt[],
): Optime {
  const isOver = ({ state }: Receipt) => state === 'undone' || state === 'rolled-back'
  const last = receipts.find(
    (one) => one.target === manifest.target && replacedData(one) && !isOver(one),
  )
  const own = kept.find(({ id }) => id === last?.keptWrites?.id)
  const first = receipts.find(({ keptWrites }) => keptWrites?.id === manifest.id)
  const isSame =
    own?.id === manifest.id ||
    (own &&
      first?.state !== 'done' &&
      compareOptimes(own.since, manifest.since) === 0 &&
      covers(own.replaced, manifest.replaced))
  if (!last || !isSame)
    throw elsewhere(
      manifest,
      last
        ? `the last that replaced the data of the server was "${last.title}" of ${last.startedAt}`
        : 'the restore that kept it was taken back, or its receipt is gone',
    )
  const restoredAt = last.keptWrites?.restoredAt
  if (last.state !== 'done' || !restoredAt)
    throw elsewhere(manifest, `"${last.title}" of ${last.startedAt} did not come to its end`)
  return restoredAt
}

/**
 * Under the lock: nothing else replaced the data of the server since the plan was made. Throws `REPLAY_ELSEWHERE` (refused).
 */
export async function requireStillRestored(
  { manifest, restoredAt }: FoundKept,
  target: Target,
  world: Pick<World, 'keptWrites' | 'receipts'>,
): Promise<void> {
  const { kept } = await world.keptWrites(target).holdings()
  const now = restoredBy(manifest, kept, await world.receipts.list())
  if (compareOptimes(now, restoredAt) !== 0)
    throw elsewhere(manifest, 'it was restored once more after the plan was made')
}

async function proveFile(
  { file, sha256, bytes }: KeptWritesManifest,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256')
  let passed = 0
  for await (const chunk of content) {
    signal.throwIfAborted()
    hash.update(chunk)
    passed += chunk.length
  }
  if (passed !== bytes)
    throw damagedKept(file, `it has ${passed.toString()} bytes, not ${bytes.toString()}`)
  if (hash.digest('hex') !== sha256)
    throw damagedKept(file, 'its SHA-256 is not that of its manifest')
}

/** `KEPT_WRITES_DAMAGED` (integrity): nothing of the file is played back. */
export function damagedKept(file: string, says: string): Failure {
  return new Failure(
    'integrity',
    'KEPT_WRITES_DAMAGED',
    `${file} is damaged: ${says}; nothing of it is played back`,
    ['ops undo   (brings back the state before the restore, these writes included)'],
  )
}

function notFound(
  wanted: string | undefined,
  { name }: Target,
  unreadable: readonly { readonly file: string; readonly reason: string }[],
): Failure {
  const papers = unreadable
    .map(({ file, reason }) => `; ${file} cannot be read: ${reason}`)
    .join('')
  const what =
    wanted === undefined ? 'no writes that a restore discarded' : `no kept writes ${wanted}`
  return new Failure('not-found', 'KEPT_WRITES_NOT_FOUND', `"${name}" has ${what}${papers}`, [
    'ops restore --dry-run   (says whether it keeps them)',
  ])
}

function elsewhere({ id }: KeptWritesManifest, because: string): Failure {
  return new Failure(
    'refused',
    'REPLAY_ELSEWHERE',
    `${id} cannot be played back onto this server: ${because}; nothing was changed`,
    ['ops undo   (brings back the state before a restore)'],
  )
}
