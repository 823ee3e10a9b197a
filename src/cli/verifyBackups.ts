import { resolve } from 'node:path'
import { isBackupId } from '../domain/backupId.js'
import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { verifyEntry, verifyFile, type Judgement } from '../procedures/backup/verifyBackup.js'
import type { Plan, StepContext } from '../procedures/plan.js'
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

/** The backup somebody named, or the file. Throws what finding a backup throws. */
export async function namedBackup(
  text: string,
  targets: readonly Target[],
  workingFolder: string,
  world: Pick<World, 'shelf'>,
): Promise<Verifiable> {
  const [first] = targets
  if (first === undefined || text === 'latest' || isBackupId(text))
    return { kind: 'backup', ...(await findBackup(text, targets, world)) }
  return { kind: 'file', path: resolve(workingFolder, text), target: first }
}

/** Reads each to its end, one step each. Nothing is held: what is read is never written again. */
export function verificationPlan(
  wanted: readonly Verifiable[],
  deep: boolean,
  world: World,
): Plan<Verification> {
  const judgements: Judgement[] = []
  return {
    command: 'backup verify',
    target: wanted[0]?.target.name ?? '',
    title: `verify ${wanted.length.toString()} ${wanted.length === 1 ? 'backup' : 'backups'}`,
    facts: [],
    loses: [],
    holds: 'nothing',
    steps: wanted.map((one) => ({
      title: `Read ${one.kind === 'backup' ? one.entry.manifest.id : one.path} to its end`,
      effect: 'reads',
      async run(context) {
        const judgement = await judge(one, deep, world, context)
        context.detail(`${judgement.trust}: ${judgement.says}`)
        judgements.push(judgement)
      },
    })),
    result: () => ({ backups: judgements.map(verified) }),
  }
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
    : verifyFile(one.path, one.target, world, options)
}

/**
 * Throws `BACKUP_DAMAGED` (integrity) where any of them cannot be relied on; its facts hold every judgement. An encrypted
 * backup that was checked from outside, because no key is configured here, is as it should be: the operator keeps the key
 * elsewhere. But `KEY_MISSING` (integrity) where `inside` asks for more, or where there is no manifest to hold the file
 * against; `KEY_WRONG` (integrity) where a key is configured and opens nothing.
 */
export function requireSound(verification: Verification, inside: boolean): Verification {
  const { backups } = verification
  const damaged = backups.filter(({ trust }) => trust === 'damaged')
  const [first] = damaged
  if (!first) {
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
    { facts: { backups } },
  )
}

function verified({ contents, ...rest }: Judgement): Verified {
  if (!contents) return rest
  const collections = Object.entries(contents.namespaces).map(
    ([name, { documents, bytes }]) => [name, { documents, bytes }] as const,
  )
  return { ...rest, collections: Object.fromEntries(collections) }
}
