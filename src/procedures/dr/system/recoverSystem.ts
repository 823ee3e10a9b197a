import { momentOf } from '../../../domain/backupId.js'
import { Failure } from '../../../domain/failure.js'
import type { Kit } from '../../../domain/kit.js'
import { optimeText } from '../../../domain/oplog/optime.js'
import type { Receipt } from '../../../domain/receipt.js'
import type { World } from '../../../ports/world.js'
import { shortTime } from '../../moment/planText.js'
import type { Plan, Procedure } from '../../plan.js'
import type { ServerProof } from '../proveServer.js'
import { kitAt } from './kitAt.js'
import { lookAtHost, type SystemFacts } from './look.js'
import { planFacts } from './planText.js'
import type { Missing, SystemRequest } from './request.js'
import { SystemRun } from './run.js'
import {
  fetchImages,
  makeExternal,
  restoreData,
  startOthers,
  startServers,
  writeFiles,
} from './steps.js'

/** Data that is back. */
export interface RestoredTarget {
  readonly target: string
  readonly backup: string
  readonly takenAt: string
  /** Documents of each collection, and how many the backup says; null where an earlier run brought them back. */
  readonly collections: Readonly<
    Record<string, { readonly documents: number; readonly expected: number }>
  > | null
  /** What was replayed behind the backup, and up to when; null where nothing was. */
  readonly replayed: {
    readonly to: string
    readonly optime: string
    readonly slices: number
    readonly operations: number
  } | null
}

/** What `dr system` answers. */
export interface SystemRecovery {
  readonly project: string
  readonly folder: string
  readonly from: string
  readonly files: { readonly written: readonly string[]; readonly kept: readonly string[] }
  /** Images that were fetched or loaded. */
  readonly images: readonly string[]
  readonly restored: readonly RestoredTarget[]
  readonly servers: readonly ServerProof[]
  /** The other services, healthy. */
  readonly services: readonly string[]
  /** What is not back, or not as it was. */
  readonly missing: readonly Missing[]
  /** What is to be typed in the folder afterwards. */
  readonly next: readonly string[]
  readonly seconds: number
  readonly objectiveSeconds: number
  readonly receipt: string | null
}

/** Seconds within which a system whose host is gone is to be back. */
const objective = 1800

/** No schedule runs before somebody has looked: it would take backups of what is not judged yet. */
const afterwards = ['ops doctor', 'ops backup', 'ops schedule install']

/**
 * Rebuilds a system on a bare host from what lies at a place: files, images, servers, data, the other services. Each step finds
 * what an earlier run of it left and keeps what is there and equal. What cannot be had keeps nothing else from coming back, and
 * is told in the end.
 */
export const recoverSystem: Procedure<SystemRequest, SystemRecovery, World> = {
  id: 'dr system',
  summary: 'rebuild everything from a copy of the backups, on a host that has nothing else',

  async plan(request, world) {
    const began = world.clock.elapsed()
    const facts = await lookAtHost(request, world)
    try {
      const kits = await kitsByTarget(facts, request)
      return planFor(facts, request, new SystemRun(facts, request.folder.path, kits), began, world)
    } catch (error) {
      await discard(facts)
      throw error
    }
  },
}

function planFor(
  facts: SystemFacts,
  request: SystemRequest,
  run: SystemRun,
  began: number,
  world: World,
): Plan<SystemRecovery> {
  const { project, archives, earlier, notes } = facts
  return {
    command: 'dr system',
    target: project.name,
    title: `rebuild ${project.name} from ${request.place.where}`,
    facts: planFacts(facts, request, objective),
    warnings: [...notes, ...wasUnderWay(earlier)],
    loses: [],
    holds: 'lock and receipt',
    recordedFromTheStart: true,
    locks: [project.name, ...archives.map(({ target }) => target.name)],
    steps: [
      ...fetchImages(facts, request, run, world),
      ...writeFiles(facts, request),
      ...makeExternal(facts, world),
      ...startServers(facts, request, run, world),
      ...archives.flatMap((archive) => restoreData(archive, request, run, world)),
      ...startOthers(facts, request, run, world),
      closeEarlier(facts, request, world),
    ],
    release: () => discard(facts),
    receipt: () => ({
      system: run.system,
      again: request.again,
      proof: { servers: run.proofs, missing: run.missing, restored: run.measured },
    }),
    result: (receipt) => ({
      project: project.name,
      folder: request.folder.path,
      from: request.place.where,
      files: { written: facts.files.write.map(({ name }) => name), kept: facts.files.keep },
      images: run.images,
      restored: archives.map((archive) => restoredOf(archive, request, run)),
      servers: run.proofs,
      services: run.started,
      missing: run.missing,
      next: afterwards,
      seconds: Math.round(world.clock.elapsed() - began) / 1000,
      objectiveSeconds: objective,
      receipt: receipt?.id ?? null,
    }),
  }
}

function restoredOf(
  { target, manifest, replay }: SystemFacts['archives'][number],
  { found }: SystemRequest,
  run: SystemRun,
): RestoredTarget {
  const brought = run.results.get(target.name)
  const before = run.restoredBefore(target)
  return {
    target: target.name,
    backup: before ?? manifest.id,
    takenAt: before === undefined ? manifest.takenAt : takenAt(before, target.name, found),
    collections: brought?.result.collections ?? null,
    replayed:
      brought && replay
        ? {
            to: shortTime(replay.moment.until),
            optime: optimeText(replay.moment.until),
            slices: replay.moment.slices.length,
            operations: replay.expected.operations,
          }
        : null,
  }
}

/** When a backup was taken that may not be at the place any more: its id tells as well. */
function takenAt(id: string, target: string, { backups }: SystemRequest['found']): string {
  const manifest = backups[target]?.find((one) => one.id === id)
  return manifest?.takenAt ?? new Date(momentOf(id) ?? 0).toISOString()
}

/** What was cut off is told before anything goes on. */
function wasUnderWay(earlier: SystemFacts['earlier']): readonly string[] {
  return (earlier?.receipts ?? []).slice(0, 1).map(({ startedAt, steps, state }) => {
    const last = steps.at(-1)
    return `the run of ${startedAt} ${state === 'started' ? 'was cut off' : 'failed'}${last === undefined ? '' : ` after "${last}"`}; this one goes on from what it left`
  })
}

/**
 * Once all is back, every earlier record of this folder and project is closed, whatever its age: taking one of them back would remove
 * what is in use from now on.
 */
function closeEarlier(
  { project }: SystemFacts,
  { folder }: SystemRequest,
  world: Pick<World, 'receipts' | 'clock'>,
) {
  return {
    title: 'Close the record',
    effect: 'reads' as const,
    async run() {
      const settled = { at: world.clock.now().toISOString(), because: 'a later run went on' }
      for (const receipt of await world.receipts.list()) {
        const { system, state } = receipt
        if (system?.folder !== folder.path || system.project !== project.name) continue
        const cutOff = state === 'started' && (await world.receipts.abandoned(receipt))
        if (!cutOff && state !== 'failed') continue
        const error = { code: 'CUT_OFF', message: 'it was killed half-way; a later run went on' }
        const closed: Receipt = {
          ...receipt,
          state: 'failed',
          settled,
          ...(cutOff ? { error } : {}),
        }
        await world.receipts.save(closed)
      }
    },
  }
}

/** The kit of each target tells of its server; one that cannot be read tells nothing. */
async function kitsByTarget(
  { archives }: SystemFacts,
  { found, place, signal }: SystemRequest,
): Promise<Readonly<Record<string, Kit | undefined>>> {
  const kits: Record<string, Kit | undefined> = {}
  for (const { target, manifest } of archives) {
    const { kit } =
      found.kit.manifest.id === manifest.id
        ? found.kit
        : await kitAt(manifest, place, signal).catch((error: unknown) => {
            if (error instanceof Failure) return { kit: undefined }
            throw error
          })
    kits[target.name] = kit
  }
  return kits
}

async function discard({ archives }: SystemFacts): Promise<void> {
  for (const archive of archives) await archive.discard()
}
