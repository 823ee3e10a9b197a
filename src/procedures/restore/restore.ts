import type { Receipt } from '../../domain/receipt.js'
import { restorePointOf } from '../../domain/restorePoint.js'
import type { EngineName } from '../../domain/manifest.js'
import type { World } from '../../ports/world.js'
import {
  keepingPart,
  keepSteps,
  keptAnswer,
  markSteps,
  type KeptAnswer,
} from '../discarded/keeping.js'
import { forecastFact } from '../forecastFact.js'
import type { Plan, Procedure } from '../plan.js'
import type { Compared } from './compare.js'
import { earlierPart } from './earlier.js'
import { touchedBy, type RestoreFacts, type RestoreRequest } from './facts.js'
import { rehearseFeed } from './feed.js'
import { lookAgain } from './lookAgain.js'
import { lookAround } from './lookAround.js'
import { selectionBefore } from './stateBefore.js'
import { planFacts, planLosses } from './planText.js'
import { restoreSteps, RestoreRun } from './restoreSteps.js'
import { decideSelection } from './selection.js'
import { openSource, type Source } from './source.js'
import { aroundSafetyBackup } from './stillWritten.js'
import { closeUnfinished, putRightBy } from './unfinished.js'
import { startWriters, stopWriters, WriterState } from './writers.js'

/** What `ops restore` answers. */
export interface RestoreResult extends KeptAnswer {
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
      const { choice, exactly } = request
      const selection = exactly
        ? selectionBefore(exactly, source.contents)
        : decideSelection(choice, target, source.contents)
      const session = await world.mongo.connect(target)
      const { contents, manifest } = source
      const point = restorePointOf({ oplog: contents.oplog, manifest })
      const looking = lookAround(request, { source, selection, point }, session, world)
      const facts = await looking.finally(() => session.close())
      // What cannot be replayed is found while nothing is touched yet.
      await rehearseFeed({ target, source, selection }, world)
      return await decide(facts, world)
    } catch (error) {
      await source.discard()
      throw error
    }
  },
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
  const cutOff = await putRightBy(touched, target, world)
  const { earlier } = facts

  return {
    command: request.command ?? 'restore',
    target: target.name,
    title:
      into === undefined
        ? `restore ${target.name} from ${source.name}`
        : `copy ${selection.databases.join()} of ${source.name} to ${into}`,
    facts: [
      ...planFacts(facts, `${tools.name} (${because})`),
      await forecastFact('restore', target, bytes, world),
    ],
    warnings: facts.passedOver,
    loses: planLosses(facts),
    ...(facts.discarded ? { discarded: facts.discarded } : {}),
    holds: 'lock and receipt',
    steps: [
      lookAgain(facts, world),
      ...stopWriters(state, world),
      ...aroundSafetyBackup(facts, world, safety?.steps ?? []),
      ...keepSteps(facts.keeping),
      ...restoreSteps(run, facts, () => {
        began.at = world.clock.elapsed()
      }),
      ...markSteps(facts.keeping),
      ...startWriters(state, world),
      ...closeUnfinished(cutOff, world),
    ],
    release: () => source.discard(),
    receipt: () => ({
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      ...(into === undefined ? {} : { created: [into] }),
      ...(touched ? { touched, emptyBefore: facts.live.length === 0 } : {}),
      ...earlierPart(earlier, safety?.manifest() !== undefined),
      ...keepingPart(facts.keeping),
      ...againPart(request, source),
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
      safetyBackup: savedBy(earlier, safety),
      ...keptAnswer(facts.keeping),
      receipt: receipt?.id ?? null,
    }),
  }
}

/** The backup that holds the state before: that of the first attempt, where this is another one. */
export function savedBy(
  earlier: RestoreFacts['earlier'],
  safety: RestoreFacts['safety'],
): string | null {
  if (earlier?.carried) return earlier.carried.safetyBackup ?? null
  return safety?.manifest()?.id ?? null
}

/** What to type to do the same once more; nothing where a stream was restored, which is over. */
function againPart(
  { wanted, choice, target, exactly }: RestoreRequest,
  { name }: Source,
): { readonly again?: string } {
  if (wanted.kind === 'stream' || exactly) return {}
  const { database, collection, into } = choice
  const flags = Object.entries({ database, collection, into }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${value}`],
  )
  const from = wanted.kind === 'copy' ? [`--from ${wanted.place.name}`] : []
  return { again: ['ops restore', name, ...flags, ...from, `--target ${target.name}`].join(' ') }
}
