import { secondOfId, type Deletion } from '../domain/deletions/deletion.js'
import { deletionWords } from '../domain/deletions/words.js'
import { pickDeletion } from '../domain/deletions/pick.js'
import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import type { Compression } from '../procedures/backup/storeStream.js'
import {
  putBackDeletion,
  type DeletionPutBack,
  type DeletionRequest,
} from '../procedures/dr/deletion.js'
import {
  findDeletions,
  type FoundDeletions,
  type ListedDeletion,
} from '../procedures/dr/findDeletions.js'
import type { DryRun } from '../report/plan.js'
import { answered } from './answered.js'
import { confirmMildly } from './confirm.js'
import { patiently, warn, type Door } from './door.js'
import { planText, runPlan, showPlan } from './follow.js'
import { canAsk } from './terminal.js'

/** The flags of `ops dr deletion`. */
export interface DeletionFlags {
  readonly pick?: string | undefined
  readonly collection?: string | undefined
  readonly 'at-least': number
  readonly image?: string | undefined
  readonly confirm?: string | undefined
  readonly 'dry-run': boolean
}

/** What `ops dr deletion` answers: the list alone, the plan, or what was put back. */
export type DeletionAnswer =
  | { readonly listed: FoundDeletions }
  | { readonly planned: DryRun }
  | { readonly done: DeletionPutBack }

/**
 * Finds deletions, has one picked, and puts back what it took. Throws what finding and putting back throw, `DELETION_NOT_FOUND`
 * (not-found), `PICK_REQUIRED` (refused), and what confirming throws.
 *
 * @param show shows a list to whoever is to pick from it
 */
export async function drDeletion(
  target: Target,
  since: Date,
  flags: DeletionFlags,
  compression: Compression,
  show: (found: FoundDeletions) => Promise<void>,
  world: World,
  door: Door,
): Promise<DeletionAnswer> {
  const { pick, collection: within } = flags
  const { signal } = door.interruption
  const begun = pick === undefined ? undefined : secondOfId(pick)
  const search = {
    target,
    since: begun === undefined ? since : new Date(begun * 1000),
    atLeast: flags['at-least'],
    ...(pick === undefined ? {} : { always: pick }),
    ...(within === undefined ? {} : { within }),
    signal,
  }
  const found = await patiently(door, findDeletions(search, world))
  if (begun === undefined) tellHowFar(found, since, door)
  if (pick === undefined && (flags['dry-run'] || found.deletions.length === 0))
    return { listed: found }
  const deletion = await picked(found, pick, show, door)
  const request: DeletionRequest = {
    target,
    deletion,
    ...(within === undefined ? {} : { within }),
    ...(flags.image === undefined ? {} : { image: flags.image }),
    compression,
    signal,
  }
  return putBack(request, flags, world, door)
}

async function putBack(
  request: DeletionRequest,
  flags: DeletionFlags,
  world: World,
  door: Door,
): Promise<DeletionAnswer> {
  const plan = await patiently(door, putBackDeletion.plan(request, world))
  for (const text of plan.warnings ?? []) warn(door, text)
  if (flags['dry-run']) return { planned: { dryRun: true, plan: planText(plan) } }
  if (!door.json && (!door.quiet || flags.confirm === undefined)) await showPlan(plan, door)
  const { name } = request.target
  const question = `Put it back into ${name}? Nothing that is there now is changed, and "ops undo" takes it away again.`
  await confirmMildly({ name, given: flags.confirm }, question, door)
  return { done: await runPlan(plan, world, door) }
}

async function picked(
  found: FoundDeletions,
  pick: string | undefined,
  show: (found: FoundDeletions) => Promise<void>,
  door: Door,
): Promise<ListedDeletion> {
  const { deletions } = found
  const one = ({ id }: Deletion) => deletions.find((each) => each.id === id) ?? deletions[0]
  if (pick !== undefined) {
    const meant = one(pickDeletion(deletions, pick))
    if (meant) return meant
  }
  if (door.json || !canAsk(door.stdin, door.stderr, door.noInput, door.env)) {
    await show(found)
    throw new Failure(
      'refused',
      'PICK_REQUIRED',
      `${deletions.length.toString()} deletions were found, and nobody can be asked here which of them is meant; nothing was changed`,
      ['ops dr deletion --pick ID', 'ops dr deletion --dry-run   (the list alone)'],
      { facts: { deletions } },
    )
  }
  return ask(deletions, door)
}

async function ask(deletions: readonly ListedDeletion[], door: Door): Promise<ListedDeletion> {
  const { select } = await import('@inquirer/prompts')
  const { signal } = door.interruption
  const choices = deletions.toReversed().map((one) => ({
    name: `${new Date(one.first.seconds * 1000).toISOString().replace('.000', '')}  ${deletionWords(one)}`,
    value: one,
  }))
  const context = { input: door.stdin, output: door.stderr, signal }
  const message = 'What is to be put back? (Ctrl-C to stop)'
  return answered(select({ message, choices, loop: false }, context), door)
}

/** Says where less was looked through than was asked for. */
function tellHowFar({ since, left }: FoundDeletions, asked: Date, door: Door): void {
  // The oplog tells whole seconds.
  if (Date.parse(since) - asked.getTime() > 1_000)
    warn(door, `neither the oplog nor slices reach back further than ${since}`)
  if (left > 0)
    warn(
      door,
      `${left.toString()} smaller ones are not listed: narrow it with --since or --collection`,
    )
}
