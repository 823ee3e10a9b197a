import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { EngineName } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart } from '../backup/backupPart.js'
import type { Plan, Procedure } from '../plan.js'
import type { Compared } from './compare.js'
import { touchedBy, type RestoreFacts, type RestoreRequest } from './facts.js'
import { rehearseFeed } from './feed.js'
import { lookAgain, within } from './lookAgain.js'
import { selectionBefore } from './stateBefore.js'
import { passedOver } from './passedOver.js'
import { planFacts, planLosses } from './planText.js'
import { restoreSteps, RestoreRun } from './restoreSteps.js'
import { decideSelection, extras, type Selection } from './selection.js'
import { openSource, type Source } from './source.js'
import { aroundSafetyBackup } from './stillWritten.js'
import { closeUnfinished, stoppedBefore, unfinished } from './unfinished.js'
import { requireSameRelease } from './versions.js'
import { runningWriters, startWriters, stopWriters, WriterState } from './writers.js'

/** What `ops restore` answers. */
export interface RestoreResult {
  readonly id: string
  readonly target: string
  readonly into: string | null
  readonly collections: Readonly<Record<string, Pick<Compared, 'documents' | 'expected'>>>
  readonly dropped: readonly string[]
  readonly seconds: number
  /** Who ran mongorestore; absent where nothing was fed to it. */
  readonly engine?: EngineName
  readonly safetyBackup: string | null
  readonly receipt: string | null
}

/**
 * Puts a server back to what a backup holds. The archive is read to its end first. What is there now is saved, then
 * replaced: documents that were damaged are whole afterwards, collections that are not in the backup are gone.
 */
export const restore: Procedure<RestoreRequest, RestoreResult, World> = {
  id: 'restore',
  summary: 'replace what is there by what a backup holds, and prove it',

  async plan(request, world) {
    const { target } = request
    const source = await openSource(request.wanted, target, world)
    try {
      const session = await world.mongo.connect(target)
      const facts = await lookAround(request, source, session, world).finally(() => session.close())
      return await decide(facts, world)
    } catch (error) {
      await source.discard()
      throw error
    }
  },
}

async function lookAround(
  request: RestoreRequest,
  source: Source,
  session: MongoSession,
  world: World,
): Promise<RestoreFacts> {
  const { target, choice, exactly } = request
  const { contents } = source
  const selection = exactly
    ? selectionBefore(exactly, contents)
    : decideSelection(choice, target, contents)
  const server = await session.server()
  if (!server.primary) {
    throw new Failure(
      'environment',
      'NOT_PRIMARY',
      `the server of "${target.name}" is not the primary: it takes no writes`,
      ['ops doctor', 'ops stack ps'],
    )
  }
  if (!request.allowVersionMismatch) requireSameRelease(contents.serverVersion, server.version)
  await requireRights(selection, target, session)
  // What cannot be replayed is found while nothing is touched yet.
  await rehearseFeed({ target, source, selection }, world)
  const { into } = selection
  if (into !== undefined) await requireFree(into, session)
  const live =
    into === undefined
      ? within(await session.namespaces(selection.databases, 'roughly'), { selection })
      : []
  const stopped = [...(request.stoppedBefore ?? []), ...(await stoppedBefore(target, world))]
  const writers =
    into === undefined ? await runningWriters(target, world, stopped) : { stop: [], start: [] }
  const wantsSafety = request.safetyBackup && live.length > 0
  const backup = { target, compression: request.compression, safety: true }
  const safety = wantsSafety ? await planBackupPart(backup, world, session) : undefined
  return {
    request: { ...request, stoppedBefore: stopped },
    source,
    selection,
    server,
    live,
    surplus: extras(live, selection),
    writers,
    ...(safety ? { safety } : {}),
    passedOver: await passedOver(request.wanted, source.name, world.shelf(target)),
  }
}

/** A right that lacks is found now, not after the first collection was dropped. Throws `MONGO_UNAUTHORIZED` (environment). */
async function requireRights(
  { databases, into }: Selection,
  target: Target,
  session: MongoSession,
): Promise<void> {
  const { missingForRestore } = await session.privileges(into === undefined ? databases : [into])
  if (missingForRestore.length === 0) return
  throw new Failure(
    'environment',
    'MONGO_UNAUTHORIZED',
    `the user of "${target.name}" may not restore: it lacks ${missingForRestore.join(', ')}`,
    ['ops doctor', 'ops config show'],
  )
}

async function requireFree(into: string, session: MongoSession): Promise<void> {
  // To the server two names that differ in capitals only are the same.
  const lower = into.toLowerCase()
  const taken = (await session.databases()).find((name) => name.toLowerCase() === lower)
  if (taken === undefined) return
  throw new Failure(
    'refused',
    'INTO_EXISTS',
    `there is a database ${taken} already; a copy is only made under a free name`,
    [`ops restore --into ${into}_2`],
  )
}

async function decide(facts: RestoreFacts, world: World): Promise<Plan<RestoreResult>> {
  const { request, source, selection, writers, safety } = facts
  const { target } = request
  const bytes = Object.values(selection.namespaces).reduce((total, one) => total + one.bytes, 0)
  const { tools, because, seen } = await world.tools.choose(target, { kind: 'restore', bytes })
  // A missing mongorestore, too, is found before anything is touched.
  if (!seen) await tools.versions(target)
  const run = new RestoreRun(facts, tools, world)
  const { into } = selection
  const began = { at: 0 }
  const state = new WriterState(writers)
  const touched = touchedBy(selection)
  const cutOff = replacesAll(request, selection) ? await unfinished(target, world) : []

  return {
    command: request.command ?? 'restore',
    target: target.name,
    title:
      into === undefined
        ? `restore ${target.name} from ${source.name}`
        : `copy ${selection.databases.join()} of ${source.name} to ${into}`,
    facts: planFacts(facts, `${tools.name} (${because})`),
    warnings: facts.passedOver,
    loses: planLosses(facts),
    holds: 'lock and receipt',
    steps: [
      lookAgain(facts, world),
      ...stopWriters(state, world),
      ...aroundSafetyBackup(facts, world, safety?.steps ?? []),
      ...restoreSteps(run, facts, () => {
        began.at = world.clock.elapsed()
      }),
      ...startWriters(state, world),
      ...closeUnfinished(cutOff, world),
    ],
    release: () => source.discard(),
    receipt: () => ({
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      ...(into === undefined ? {} : { created: [into] }),
      ...(touched ? { touched, emptyBefore: facts.live.length === 0 } : {}),
      ...(state.down.length > 0 ? { stopped: state.down } : { stopped: [] }),
      ...(run.comparison
        ? {
            proof: {
              collections: run.comparison.collections,
              source: source.name,
              sha256: source.sha256,
              ...(run.engine === undefined ? {} : { engine: run.engine }),
            },
          }
        : {}),
    }),
    result: (receipt: Receipt | undefined) => ({
      id: source.name,
      target: target.name,
      into: into ?? null,
      collections: Object.fromEntries(
        Object.entries(run.comparison?.collections ?? {}).map(([name, { documents, expected }]) => [
          name,
          { documents, expected },
        ]),
      ),
      dropped: run.dropped,
      seconds: Math.round(world.clock.elapsed() - began.at) / 1000,
      ...(run.engine === undefined ? {} : { engine: run.engine }),
      safetyBackup: safety?.manifest()?.id ?? null,
      receipt: receipt?.id ?? null,
    }),
  }
}

/** Whether nothing of the target is left that an earlier, cut-off restore may have half done. */
function replacesAll(
  { choice, exactly }: RestoreRequest,
  { into, collection }: Selection,
): boolean {
  return (
    exactly !== undefined ||
    (into === undefined && collection === undefined && choice.database === undefined)
  )
}
