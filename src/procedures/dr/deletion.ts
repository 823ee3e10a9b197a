import { deletionWords } from '../../domain/deletions/words.js'
import { secondOf } from '../../domain/oplog/optime.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import { Rebuild } from '../moment/rebuild.js'
import { requireEnabled } from '../oplog/takeSlices.js'
import { drilledFact } from '../forecastFact.js'
import { closeCutOff } from '../cutOff.js'
import type { Plan, Procedure, Step, StepContext } from '../plan.js'
import { scratchImage } from '../trial/scratchImage.js'
import { withSession } from '../withSession.js'
import {
  isAnotherOfItsName,
  requireReachable,
  requireSupported,
  requireWhole,
  requireWritable,
} from './deletionFacts.js'
import { DeletionRun } from './deletionRun.js'
import type { ListedDeletion } from './findDeletions.js'
import { momentBefore, unreachable } from './momentBefore.js'
import type { PutBackCount } from './putBack.js'
import type { PutBackProof } from './putBackProof.js'

/** What is to be put back. */
export interface DeletionRequest {
  readonly target: Target
  readonly deletion: ListedDeletion
  /** Narrows a database that was dropped to one of its collections. */
  readonly within?: string
  /** Image to rebuild in; that of the target's own container where it is left out. */
  readonly image?: string
  readonly compression: Compression
  readonly signal: AbortSignal
}

/** What `ops dr deletion` answers. */
export interface DeletionPutBack {
  readonly target: string
  readonly deletion: ListedDeletion
  readonly collections: readonly PutBackCount[]
  /** Collections and views that were made anew. */
  readonly made: readonly string[]
  readonly putBack: number
  readonly alreadyThere: number
  /** Documents that were not put back because of what is there now. */
  readonly conflicts: number
  /** Documents that are, byte for byte, what they were right before. */
  readonly proved: number
  readonly changedSince: PutBackProof['changedSince']
  /** What of the deletion is not put back at all. */
  readonly left: readonly { readonly namespace: string; readonly why: string }[]
  /** From the plan to the last proof. */
  readonly seconds: number
  readonly objectiveSeconds: number
  readonly receipt: string | null
}

/** Seconds within which what was deleted is to be back. */
const objective = 600

/**
 * Puts back what a deletion took, and nothing else: the database is rebuilt as it was right before in a server that is there for
 * nothing else, and what is missing now is brought over, each document in the bytes that it had. Whatever was written since
 * stays.
 */
export const putBackDeletion: Procedure<DeletionRequest, DeletionPutBack, World> = {
  id: 'dr deletion',
  summary: 'put back what was deleted, and keep every later write',

  async plan(request, world) {
    const began = world.clock.elapsed()
    const { target, deletion, signal } = request
    requireEnabled(target)
    requireSupported(deletion, target)
    requireWhole(deletion)
    const isAnother = await withSession(target, world, signal, async (session) => {
      const there = await requireWritable(deletion, target, session)
      await requireReachable(deletion, target, session, world)
      return isAnotherOfItsName(deletion, there)
    })
    const image = await scratchImage(target, request.image, world)
    const cutOff = await cutOffBefore(request, world)
    const [database = ''] = deletion.namespace.split('.', 1)
    const order = { target, wanted: momentBefore(deletion), database }
    const rebuild = new Rebuild(order, image, world)
    const earlier = cutOff.flatMap(({ putBack }) => putBack ?? [])
    const run = new DeletionRun({ ...request, earlier }, rebuild, world)
    const duration = await drilledFact('deletion', target, world)
    return planned(
      request,
      run,
      rebuild,
      { cutOff, isAnother, began, image: image.name, duration },
      world,
    )
  },
}

interface Around {
  readonly cutOff: readonly Receipt[]
  /** Whether its collection is another one by now. */
  readonly isAnother: boolean
  readonly began: number
  readonly image: string
  /** How long drills of it took, as a line of the plan. */
  readonly duration: readonly [label: string, text: string]
}

function planned(
  request: DeletionRequest,
  run: DeletionRun,
  rebuild: Rebuild,
  { cutOff, isAnother, began, image, duration }: Around,
  world: World,
): Plan<DeletionPutBack> {
  const { target, deletion } = request
  const { id, namespace, first, last, documents, by } = deletion
  let seconds = 0
  return {
    command: 'dr deletion',
    target: target.name,
    title: `put back what was deleted from ${namespace}`,
    facts: [
      ['Deletion', `${deletionWords(deletion)} (${id})`],
      ['When', `${secondOf(first).toISOString()} to ${secondOf(last).toISOString()}`],
      ['By', by ?? 'unknown: the oplog does not say'],
      ['Documents', documents.toString()],
      [
        'Rebuilt',
        `as it was right before, in a scratch server of image ${image}, without a network`,
      ],
      ['Kept', 'every write since: what is there now is never overwritten, a conflict is shown'],
      ['Way back', '"ops undo" removes what was put back, as far as it is unchanged'],
      duration,
      ['Objective', `back within ${(objective / 60).toString()} min`],
    ],
    warnings: [
      ...(deletion.cutOff === undefined
        ? []
        : [
            `it may have begun before ${secondOf(first).toISOString()}, which neither the oplog nor slices reach: what went earlier is not put back`,
          ]),
      ...(isAnother
        ? [
            `${namespace} is another collection than the one that these were deleted from: that one was dropped, renamed or restored since; they are put into the one that is there now`,
          ]
        : []),
      ...cutOff.map(
        ({ title, startedAt }) =>
          `"${title}" of ${startedAt} was cut off: this goes on with it, and "ops undo" takes both back`,
      ),
    ],
    loses: [],
    holds: 'lock and receipt',
    recordedFromTheStart: true,
    steps: [
      ...rebuildSteps(run, rebuild, target),
      ...putBackSteps(run, deletion, () => {
        seconds = Math.round(world.clock.elapsed() - began) / 1000
      }),
      ...closing(cutOff, world),
      {
        title: 'Remove the scratch server',
        effect: 'reads',
        afterwards: true,
        run: () => rebuild.remove(),
      },
    ],
    receipt: () => ({
      again: `ops dr deletion --pick ${id} --target ${target.name}`,
      putBack: run.record,
      ...(run.proof ? { proof: { proved: run.proof.proved, collections: run.counts } } : {}),
    }),
    result: (receipt) => ({
      target: target.name,
      deletion,
      collections: run.counts,
      made: [...run.made.made, ...run.made.views].map((one) => one.namespace),
      putBack: sum(run.counts.map((one) => one.putBack)),
      alreadyThere: sum(run.counts.map((one) => one.alreadyThere)),
      conflicts: sum(run.counts.flatMap(({ conflicts }) => conflicts.map(({ count }) => count))),
      proved: run.proof?.proved ?? 0,
      changedSince: run.proof?.changedSince ?? [],
      left: run.left,
      seconds,
      objectiveSeconds: objective,
      receipt: receipt?.id ?? null,
    }),
  }
}

/** Reads, for the live server. */
function rebuildSteps(run: DeletionRun, rebuild: Rebuild, target: Target): readonly Step[] {
  const reads = (title: string, work: (context: StepContext) => Promise<void>): Step => ({
    title,
    effect: 'reads',
    run: work,
  })
  return [
    reads('Read what the oplog has up to now', (context) => run.slice(context)),
    reads('Find base and slices', async ({ detail, warn }) => {
      const found = await rebuild.find().catch((error: unknown) => {
        throw unreachable(error, target)
      })
      for (const text of found.passedOver) warn(text)
      detail(`${found.source.name} and ${found.slices.length.toString()} slices behind it`)
    }),
    {
      ...reads('Start a scratch server', (context) => rebuild.start(context)),
      undo: () => rebuild.remove(),
    },
    reads('Rebuild the moment before in it', async (context) => {
      await rebuild.rehearse(context.signal)
      await rebuild.restore(context)
    }),
    reads('Find what was deleted', (context) => run.follow(context)),
  ]
}

function putBackSteps(
  run: DeletionRun,
  { kind, documents }: ListedDeletion,
  proved: () => void,
): readonly Step[] {
  // What was put back stays after Ctrl-C: the same command goes on with it, and "ops undo" takes it away.
  const undo = {
    undoWhen: 'failure',
    undo: (context: StepContext) => run.takeBack(context),
  } as const
  const make: Step = {
    title: 'Make what is not there any more',
    effect: 'changes',
    run: (context) => run.make(context),
    ...undo,
  }
  return [
    ...(kind === 'delete' ? [] : [make]),
    {
      title: `Put back what is missing of ${documents.toString()} documents`,
      effect: 'changes',
      run: (context) => run.putBack(context),
      ...undo,
    },
    {
      title: 'Prove each of them',
      effect: 'reads',
      async run(context) {
        await run.prove(context)
        proved()
      },
    },
  ]
}

/** Runs of the very same that did not come to their end. */
async function cutOffBefore(
  { target, deletion }: DeletionRequest,
  { receipts }: World,
): Promise<readonly Receipt[]> {
  const found: Receipt[] = []
  for (const receipt of await receipts.list()) {
    const isSame = receipt.target === target.name && receipt.putBack?.deletion === deletion.id
    if (!isSame) continue
    if (receipt.state === 'failed' || (await receipts.abandoned(receipt))) found.push(receipt)
  }
  return found
}

function closing(cutOff: readonly Receipt[], world: World): readonly Step[] {
  const error = { code: 'CUT_OFF', message: 'it was cut off; a later run went on with it' }
  return closeCutOff(cutOff, world, ({ putBack, ...receipt }, { detail }) => {
    // Taking it back is the later run's now.
    detail(`${putBack?.lists.length.toString() ?? '0'} lists of ${receipt.id} are on this record`)
    return { ...receipt, state: 'failed', error }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
