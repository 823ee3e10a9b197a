import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart } from '../backup/backupPart.js'
import type { Plan, Procedure, Step } from '../plan.js'
import type { Compared } from './compare.js'
import type { RestoreFacts, RestoreRequest } from './facts.js'
import { planFacts, planLosses } from './planText.js'
import { restoreSteps, RestoreRun } from './restoreSteps.js'
import { decideSelection, extras } from './selection.js'
import { openSource, type Source } from './source.js'
import { unfinished, unfinishedText } from './unfinished.js'
import { requireSameRelease } from './versions.js'
import { runningWriters, startWriters, stopWriters } from './writers.js'

/** What `ops restore` answers. */
export interface RestoreResult {
  readonly id: string
  readonly target: string
  readonly into: string | null
  readonly collections: Readonly<Record<string, Pick<Compared, 'documents' | 'expected'>>>
  readonly dropped: readonly string[]
  readonly seconds: number
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
    const source = await openSource(request.wanted, target, world.shelf(target), world.clock)
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
  const { target, choice } = request
  const selection = decideSelection(choice, target, source.contents)
  const server = await session.server()
  if (!server.primary) {
    throw new Failure(
      'environment',
      'NOT_PRIMARY',
      `the server of "${target.name}" is not the primary: it takes no writes`,
      ['ops doctor', 'ops stack ps'],
    )
  }
  if (!request.allowVersionMismatch)
    requireSameRelease(source.contents.serverVersion, server.version)
  const { into } = selection
  if (into !== undefined && (await session.databases()).includes(into)) {
    throw new Failure(
      'refused',
      'INTO_EXISTS',
      `there is a database ${into} already; a copy is only made under a free name`,
      [`ops restore --into ${into}_2`],
    )
  }
  const live = await session.namespaces(into === undefined ? selection.databases : [], 'roughly')
  const writers = into === undefined ? await runningWriters(target, world) : { stop: [], start: [] }
  const wantsSafety = request.safetyBackup && live.length > 0
  const safety = wantsSafety
    ? await planBackupPart(
        { target, compression: request.compression, safety: true },
        world,
        session,
      )
    : undefined
  return {
    request,
    source,
    selection,
    server,
    live,
    surplus: extras(live, selection),
    writers,
    ...(safety ? { safety } : {}),
  }
}

async function decide(facts: RestoreFacts, world: World): Promise<Plan<RestoreResult>> {
  const { request, source, selection, writers, safety } = facts
  const { target } = request
  const { tools } = await world.tools.choose(target)
  const run = new RestoreRun(facts, tools, world)
  const { into } = selection
  const began = { at: 0 }

  return {
    command: request.command ?? 'restore',
    target: target.name,
    title:
      into === undefined
        ? `restore ${target.name} from ${source.name}`
        : `copy ${selection.databases.join()} of ${source.name} to ${into}`,
    facts: planFacts(facts, tools.name),
    loses: planLosses(facts),
    holds: 'lock and receipt',
    steps: [
      ...stopWriters(writers, world),
      ...(safety?.steps ?? []),
      ...restoreSteps(run, () => {
        began.at = world.clock.elapsed()
      }),
      ...startWriters(writers, world),
      ...closeUnfinished(await unfinished(target, world), request, world),
    ],
    release: () => source.discard(),
    receipt: () => ({
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      ...(into === undefined ? {} : { created: [into] }),
      ...(into === undefined
        ? {
            touched: {
              databases: selection.databases,
              ...(selection.collection === undefined ? {} : { collection: selection.collection }),
            },
          }
        : {}),
      ...(run.comparison
        ? {
            proof: {
              collections: run.comparison.collections,
              source: source.name,
              sha256: source.sha256,
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
      dropped: facts.surplus.map(({ database, collection }) => `${database}.${collection}`),
      seconds: Math.round(world.clock.elapsed() - began.at) / 1000,
      safetyBackup: safety?.manifest()?.id ?? null,
      receipt: receipt?.id ?? null,
    }),
  }
}

/** A restore that went through replaces whatever an earlier one left half done: its record is closed. */
function closeUnfinished(
  receipts: readonly Receipt[],
  { choice }: RestoreRequest,
  world: World,
): readonly Step[] {
  if (receipts.length === 0 || choice.into !== undefined || choice.collection !== undefined)
    return []
  return [
    {
      title: 'Close the records of what was cut off before',
      effect: 'changes',
      async run({ warn }) {
        for (const receipt of receipts) {
          warn(unfinishedText(receipt))
          const error = {
            code: 'CUT_OFF',
            message: 'it was killed half-way; a later restore replaced what it left',
          }
          await world.receipts.save({ ...receipt, state: 'failed', error })
        }
      },
    },
  ]
}
