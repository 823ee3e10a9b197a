import { basename, dirname, resolve } from 'node:path'
import { folderShelf } from '../adapters/shelf/shelf.js'
import { isBackupId } from '../domain/backupId.js'
import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import type { Shelf } from '../ports/shelf.js'
import type { World } from '../ports/world.js'
import { verifyEntry, verifyFile, type Judgement } from '../procedures/backup/verifyBackup.js'
import { verifySlices, type SlicesJudgement } from '../procedures/oplog/verifySlices.js'
import type { Plan, Step, StepContext } from '../procedures/plan.js'
import { findBackup, type NamedBackup } from './backupEntries.js'

/** What is read: a backup of the shelf, or any file. */
export type Verifiable =
  | ({ readonly kind: 'backup' } & NamedBackup)
  | { readonly kind: 'file'; readonly path: string; readonly target: Target }

/** A judgement as `--json` has it. */
export interface Verified extends Omit<Judgement, 'contents'> {
  readonly collections?: Readonly<
    Record<string, { readonly documents: number; readonly bytes: number }>
  >
}

/** What `backup verify` answers. */
export interface Verification {
  readonly backups: readonly Verified[]
  /** Slices of the oplog, where a whole shelf was read and has any. */
  readonly slices: readonly SlicesJudgement[]
}

/** Every backup of these targets whose file is there; what is not is judged by `backup list`. */
export async function everyBackup(
  targets: readonly Target[],
  world: Pick<World, 'shelf'>,
): Promise<readonly Verifiable[]> {
  const lists = await Promise.all(
    targets.map(async (target) =>
      (await world.shelf(target).list()).map((entry) => ({
        kind: 'backup' as const,
        target,
        entry,
      })),
    ),
  )
  return lists.flat()
}

/** Whether somebody named a file: where a backup lies only a shelf could tell. */
export function namesFile(text: string): boolean {
  return text !== 'latest' && !isBackupId(text)
}

/** The backup somebody named, or the file. Throws what finding a backup throws. */
export async function namedBackup(
  text: string,
  targets: readonly Target[],
  workingFolder: string,
  world: Pick<World, 'shelf'>,
): Promise<Verifiable> {
  const [first] = targets
  if (first === undefined || !namesFile(text))
    return { kind: 'backup', ...(await findBackup(text, targets, world)) }
  return { kind: 'file', path: resolve(workingFolder, text), target: first }
}

/** The targets of which there are slices. */
export async function sliced(
  targets: readonly Target[],
  world: Pick<World, 'slices'>,
): Promise<readonly Target[]> {
  const found: Target[] = []
  for (const target of targets)
    if ((await world.slices(target).holdings()).slices.length > 0) found.push(target)
  return found
}

/**
 * Reads each to its end, one step each, and the slices of these targets. Nothing is held: what is read is never written again but
 * for what is damaged.
 */
export function verificationPlan(
  wanted: readonly Verifiable[],
  deep: boolean,
  world: World,
  slicesOf: readonly Target[] = [],
): Plan<Verification> {
  const judgements: Judgement[] = []
  const slices: SlicesJudgement[] = []
  return {
    command: 'backup verify',
    target: wanted[0]?.target.name ?? '',
    title: `verify ${wanted.length.toString()} ${wanted.length === 1 ? 'backup' : 'backups'}`,
    facts: [],
    loses: [],
    holds: 'nothing',
    steps: [
      ...wanted.map((one): Step => ({
        title: `Read ${one.kind === 'backup' ? one.entry.manifest.id : one.path} to its end`,
        effect: 'reads',
        async run(context) {
          const judgement = await judge(one, deep, world, context)
          context.detail(`${judgement.trust}: ${judgement.says}`)
          judgements.push(judgement)
        },
      })),
      ...slicesOf.map((target): Step => ({
        title: `Read the slices of ${target.name} to their ends`,
        effect: 'reads',
        async run(context) {
          slices.push(await judgeSlices(target, deep, world, context))
        },
      })),
    ],
    result: () => ({ backups: judgements.map(verified), slices }),
  }
}

async function judgeSlices(
  target: Target,
  deep: boolean,
  world: World,
  { signal, amount, detail, warn }: StepContext,
): Promise<SlicesJudgement> {
  const progress = (bytes: number) => {
    amount({ bytes })
  }
  const judgement = await verifySlices(target, world, { deep, signal, progress })
  for (const { id, from } of judgement.mended)
    warn(`${id} was damaged or missing: a sound copy was brought from ${from}`)
  for (const { id, because } of judgement.damaged) detail(`${id}: ${because}`)
  return judgement
}

/** The folder that a file lies in, read as that of a target on a shelf: a manifest may lie beside it. */
function folderOf(path: string): Shelf {
  const folder = dirname(path)
  return folderShelf(dirname(folder), basename(folder))
}

function judge(
  one: Verifiable,
  deep: boolean,
  world: World,
  { signal, amount }: StepContext,
): Promise<Judgement> {
  const expected = one.kind === 'backup' ? { expected: one.entry.manifest.bytes } : {}
  const options = {
    deep,
    signal,
    progress: (bytes: number) => {
      amount({ bytes, ...expected })
    },
  }
  return one.kind === 'backup'
    ? verifyEntry(one.entry, one.target, world, options)
    : verifyFile(one.path, one.target, world, options, folderOf(one.path))
}

/**
 * Throws `BACKUP_DAMAGED` (integrity) where any of them cannot be relied on; its facts hold every judgement. An encrypted
 * backup that was checked from outside, because no key is configured here, is as it should be: the operator keeps the key
 * elsewhere. But `KEY_MISSING` (integrity) where `inside` asks for more, or where there is no manifest to hold the file
 * against; `KEY_WRONG` (integrity) where a key is configured and opens nothing.
 */
export function requireSound(verification: Verification, inside: boolean): Verification {
  const { backups, slices } = verification
  const damaged = backups.filter(({ trust }) => trust === 'damaged')
  const [first] = damaged
  if (!first) {
    requireSlices(slices, backups)
    const unopened = backups.find(
      (one) => one.unopened === 'KEY_WRONG' || (one.unopened && (inside || one.id === null)),
    )
    if (!unopened?.unopened) return verification
    const code = unopened.unopened === 'KEY_WRONG' ? 'KEY_WRONG' : 'KEY_MISSING'
    throw new Failure(
      'integrity',
      code,
      `${unopened.id ?? unopened.path}: ${unopened.says}`,
      ['backup.encryption.identities in ops.yaml: [{file: PATH}]', 'ops config show'],
      { facts: { backups } },
    )
  }
  throw new Failure(
    'integrity',
    'BACKUP_DAMAGED',
    `${damaged.length.toString()} of ${backups.length.toString()} cannot be relied on: ${first.id ?? first.path}: ${first.says}`,
    ['ops backup', 'ops backup list'],
    { facts: { backups, slices } },
  )
}

/** Throws `SLICE_DAMAGED` (integrity) where slices cannot be relied on. */
function requireSlices(slices: readonly SlicesJudgement[], backups: readonly Verified[]): void {
  const [first] = slices.flatMap(({ damaged }) => damaged)
  if (!first) return
  const count = slices.reduce((sum, { damaged }) => sum + damaged.length, 0)
  const all = slices.reduce((sum, each) => sum + each.slices, 0)
  throw new Failure(
    'integrity',
    'SLICE_DAMAGED',
    `${count.toString()} of ${all.toString()} slices cannot be relied on: ${first.id}: ${first.because}; the times that they held cannot be reached`,
    ['ops pitr status', 'ops backup   (the next times begin behind it)'],
    { facts: { backups, slices } },
  )
}

function verified({ contents, ...rest }: Judgement): Verified {
  if (!contents) return rest
  const collections = Object.entries(contents.namespaces).map(
    ([name, { documents, bytes }]) => [name, { documents, bytes }] as const,
  )
  return { ...rest, collections: Object.fromEntries(collections) }
}
