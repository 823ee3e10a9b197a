import { optimeText } from '../../domain/oplog/optime.js'
import {
  conflictsIn,
  type Outstanding,
  type ReplayConflict,
  type ReplayCount,
} from '../../domain/replayCount.js'
import { Failure } from '../../domain/failure.js'
import type { KeptWritesManifest } from '../../domain/keptWrites.js'
import type { World } from '../../ports/world.js'
import { planBackupPart } from '../backup/backupPart.js'
import { isReplacedBy, isWrittenIn } from '../discarded/replaced.js'
import { isOfTarget } from '../moment/scope.js'
import type { Plan, Procedure } from '../plan.js'
import { requirePrimary } from '../restore/primary.js'
import { withSession } from '../withSession.js'
import { closeCutOffReplays, cutOffReplays, cutOffReplayText } from './cutOffReplays.js'
import type { ReplayFacts, ReplayRequest } from './facts.js'
import { findKept, type FoundKept } from './findKept.js'
import { closedNamespaces, LeftOut } from './leftOut.js'
import { knownDocuments } from './knownDocuments.js'
import { readWrites, type WantedWrites } from './readWrites.js'
import { replayFacts, replayTitle } from './replayText.js'
import { ReplayCounts } from './replayCounts.js'
import { ReplayRun } from './replayRun.js'
import { Workings } from './workings.js'

/** What `ops pitr replay` answers. */
export interface Replayed {
  readonly target: string
  /** Id of the file. */
  readonly kept: string
  readonly collections: readonly ReplayCount[]
  /** What stands out among the writes, and whether it was played back. */
  readonly outstanding: readonly Outstanding[]
  /** What could not be played back, whoever asks. */
  readonly left: readonly string[]
  /** Documents that were changed, made or removed. */
  readonly documents: number
  /** Writes, and documents, that were not played back because of what is there now. */
  readonly conflicts: number
  readonly refused: readonly {
    readonly namespace: string
    readonly conflicts: readonly ReplayConflict[]
  }[]
  /** Documents that were read again and are what they should be. */
  readonly proved: number
  readonly changedSince: number
  readonly safetyBackup: string | null
  readonly seconds: number
  readonly receipt: string | null
}

/**
 * Plays back the writes that a restore discarded, without those that are not wanted: worked out in memory, document by document, from
 * what the restore brought back; then written, each only where the document is still that. Nothing that somebody wrote since is ever
 * written over.
 */
export const replay: Procedure<ReplayRequest, Replayed, World> = {
  id: 'pitr replay',
  summary: 'play back what a restore discarded, without what was bad',

  async plan(request, world) {
    const { target, signal, kept } = request
    const began = world.clock.elapsed()
    const found = await findKept(kept, target, world, signal)
    const { isWanted, isBeside } = wanted(request, found)
    const choice = { isWanted, isBeside }
    const writes = await readWrites(found.manifest, choice, target, world, signal)
    const facts = await withSession(
      target,
      world,
      signal,
      async (session): Promise<ReplayFacts> => {
        await requirePrimary(target, session)
        const known = await knownDocuments(writes.units, found, session, target, world, signal)
        const databases = [
          ...new Set(writes.units.flat().map(({ namespace }) => databaseOf(namespace))),
        ]
        const there = await session.namespaces(databases, 'roughly')
        const closed = closedNamespaces(writes, there, known.replaced)
        const leftOut = new LeftOut(writes, request.choice, closed)
        const workings = new Workings(writes.units, known.documents, leftOut)
        const counts = new ReplayCounts()
        let documents = 0
        const changed = new Set<string>()
        for await (const changes of workings.changes(session.stored, counts, signal)) {
          documents += changes.length
          for (const { namespace } of changes) changed.add(databaseOf(namespace))
        }
        const backup = { target, compression: request.compression, safety: true }
        const isSaved = request.safetyBackup && documents > 0
        const safety = isSaved ? await planBackupPart(backup, world, session) : undefined
        return {
          ...{ request, found, documents, workings, outstanding: leftOut.outstanding },
          ...{ counts: counts.all(), databases: [...changed] },
          left: [
            ...[...closed].map(([namespace, because]) => `${namespace}: ${because}`),
            ...commandsOf(found, isWanted),
            ...others({ request, found }),
          ],
          ...(safety ? { safety } : {}),
          cutOff: await cutOffReplays(found.manifest.id, target, world),
        }
      },
    )
    return decide(facts, began, world)
  },
}

function decide(facts: ReplayFacts, began: number, world: World): Plan<Replayed> {
  const { request, found, documents, counts, databases, outstanding, left, safety, cutOff } = facts
  const { target } = request
  const { manifest } = found
  const run = new ReplayRun(target, facts.workings, found, world)
  return {
    command: 'pitr replay',
    target: target.name,
    title: replayTitle(facts),
    facts: replayFacts(facts),
    warnings: [
      ...manifest.lacks.map((text) => `the writes that were kept lack ${text}`),
      ...cutOff.map(cutOffReplayText),
    ],
    loses: [],
    ...(documents === 0 && cutOff.length === 0
      ? { steps: [] }
      : {
          holds: 'lock and receipt' as const,
          steps: [
            ...(safety?.steps ?? []),
            ...run.steps(documents),
            ...closeCutOffReplays(cutOff, world),
          ],
        }),
    receipt: () => ({
      again: `ops pitr replay ${manifest.id} --target ${target.name}`,
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      touched: { databases },
      replayed: { kept: manifest.id, list: run.list },
      ...(run.proof
        ? {
            proof: {
              ...run.proof,
              source: manifest.id,
              sha256: manifest.sha256,
              since: optimeText(manifest.since),
            },
          }
        : {}),
    }),
    result: (receipt) => ({
      target: target.name,
      kept: manifest.id,
      collections: run.counts ?? counts,
      outstanding,
      left,
      documents: run.done.length,
      conflicts: conflictsIn(run.counts ?? counts) + conflictsIn(run.refused),
      refused: run.refused,
      proved: run.proof?.proved ?? 0,
      changedSince: run.proof?.changedSince ?? 0,
      safetyBackup: safety?.manifest()?.id ?? null,
      seconds: Math.round(world.clock.elapsed() - began) / 1000,
      receipt: receipt?.id ?? null,
    }),
  }
}

/** Throws `REPLAY_CHOICE` (usage) for a collection without its database. */
function wanted(
  { database, collection, target }: ReplayRequest,
  { manifest }: FoundKept,
): Required<Pick<WantedWrites, 'isWanted' | 'isBeside'>> {
  if (collection !== undefined && database === undefined)
    throw new Failure('usage', 'REPLAY_CHOICE', '--collection needs --database', [
      'ops pitr replay --database NAME --collection NAME --dry-run',
    ])
  const isOurs = isOfTarget(target)
  const isReplaced = replacedBy(manifest)
  const isNarrow = (namespace: string) =>
    collection === undefined
      ? database === undefined || databaseOf(namespace) === database
      : namespace === `${database ?? ''}.${collection}`
  const isBeside = (namespace: string) => isOurs(databaseOf(namespace)) && isReplaced(namespace)
  return { isBeside, isWanted: (namespace) => isBeside(namespace) && isNarrow(namespace) }
}

function replacedBy({ replaced }: KeptWritesManifest): (namespace: string) => boolean {
  return replaced.databases.length === 0 ? isWrittenIn(replaced) : isReplacedBy(replaced)
}

/** The safety backup does not reach so far. */
function others({ request, found }: Pick<ReplayFacts, 'request' | 'found'>): readonly string[] {
  const isOurs = isOfTarget(request.target)
  const isNarrow = request.database !== undefined
  return Object.keys(found.manifest.namespaces).flatMap((namespace) =>
    isNarrow || isOurs(databaseOf(namespace))
      ? []
      : [`${namespace}: its database is none of those of ${request.target.name}`],
  )
}

/** Commands are never played back; what makes a collection is done by the first insert. */
function commandsOf(
  { manifest }: FoundKept,
  isWanted: (namespace: string) => boolean,
): readonly string[] {
  return Object.entries(manifest.namespaces).flatMap(([namespace, { commands }]) => {
    const others = Object.entries(commands).filter(([name]) => name !== 'create')
    if (!isWanted(namespace) || others.length === 0) return []
    const words = others.map(([name, count]) => `${count.toString()} ${name}`)
    return [`${namespace}: ${words.join(', ')}: commands are not played back`]
  })
}

function databaseOf(namespace: string): string {
  return namespace.split('.', 1)[0] ?? ''
}
