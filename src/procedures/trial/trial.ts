import { Failure } from '../../domain/failure.js'
import { formOf } from '../../domain/backupFile.js'
import type { Target } from '../../domain/target.js'
import type { Trust } from '../../domain/trust.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { backupById, latestBackup } from '../backup/catalog.js'
import type { Plan, Procedure } from '../plan.js'
import type { Compared } from '../restore/compare.js'
import { Scratch } from './scratch.js'
import { scratchImage } from './scratchImage.js'
import { TrialRun } from './trialRun.js'

/** What a trial restore needs to know. */
export interface TrialRequest {
  readonly target: Target
  /** Id of a backup; the newest good one where it is left out. */
  readonly id?: string
  /** Image to test in; that of the target's own container where it is left out. */
  readonly image?: string
}

/** What `ops backup test-restore` answers. */
export interface TrialResult {
  readonly id: string
  readonly target: string
  readonly trust: Trust
  readonly image: string
  readonly serverVersion: string
  readonly collections: Readonly<Record<string, Pick<Compared, 'documents' | 'expected'>>>
  readonly documents: number
  /** Documents compared with the archive byte for byte. */
  readonly sampled: number
  /** Collections that the server validated. */
  readonly validated: number
  /** From the first byte fed until everything was counted. */
  readonly seconds: number
  readonly secondsPerGigabyte: number
}

/**
 * Restores a backup into a server that is there for nothing else, and proves that everything comes back. The target is
 * not touched, nor locked: a backup that is due does not wait for a trial.
 */
export const trial: Procedure<TrialRequest, TrialResult, World> = {
  id: 'backup test-restore',
  summary: 'restore a backup into a scratch server, and prove it',

  async plan(request, world) {
    const { target, id } = request
    const shelf = world.shelf(target)
    const entry =
      id === undefined ? await latestBackup(target, shelf) : await backupById(id, target, shelf)
    requireArchive(entry)
    const image = await scratchImage(target, request.image, world)
    return planned(target, entry, image, world)
  },
}

function planned(
  target: Target,
  entry: ShelfEntry,
  image: Awaited<ReturnType<typeof scratchImage>>,
  world: World,
): Plan<TrialResult> {
  const scratch = new Scratch(target, image, world)
  const run = new TrialRun(target, entry, scratch, world)
  const { id } = entry.manifest
  const collections = Object.keys(entry.manifest.collections).length
  return {
    command: 'backup test-restore',
    target: target.name,
    title: `test ${id}`,
    facts: [
      ['backup', `${id}, taken ${entry.manifest.takenAt}`],
      ['scratch server', `of image ${image.name}, without a network, removed afterwards`],
      ['target', `${target.name} is not touched`],
    ],
    loses: [],
    holds: 'nothing',
    steps: [
      {
        title: `Read ${id} to its end`,
        effect: 'reads',
        run: (context) => run.read(context),
      },
      {
        title: 'Start a scratch server',
        effect: 'reads',
        run: (context) => run.start(context),
        undo: () => scratch.remove(),
      },
      {
        title: `Restore ${collections.toString()} collections into it`,
        effect: 'reads',
        run: (context) => run.restore(context),
      },
      {
        title: 'Prove that everything came back',
        effect: 'reads',
        run: (context) => run.prove(context),
      },
      { title: 'Record what was proved', effect: 'reads', run: () => run.record() },
      {
        title: 'Remove the scratch server',
        effect: 'reads',
        afterwards: true,
        run: () => scratch.remove(),
      },
    ],
    result: () => resultOf(run, target, id, image.name),
  }
}

function resultOf(run: TrialRun, { name }: Target, id: string, image: string): TrialResult {
  const { tested, comparison, validated } = run
  if (!tested || !comparison) throw new Error('a trial has a result once it was proved')
  const { serverVersion, documents, sampled = 0, seconds, secondsPerGigabyte } = tested
  const collections = Object.entries(comparison.collections).map(
    ([namespace, { documents: found, expected }]) =>
      [namespace, { documents: found, expected }] as const,
  )
  return {
    id,
    target: name,
    trust: 'restore-tested',
    image,
    serverVersion,
    collections: Object.fromEntries(collections),
    documents,
    sampled,
    validated,
    seconds,
    secondsPerGigabyte,
  }
}

/** A copy of data files is opened by a server, not fed to mongorestore. */
function requireArchive({ manifest }: ShelfEntry): void {
  if (formOf(manifest).content === 'archive') return
  throw new Failure(
    'refused',
    'TRIAL_UNSUPPORTED',
    `${manifest.id} is a copy of data files: only mongodump archives are tested`,
    ['ops backup list', 'ops backup test-restore ID'],
  )
}
