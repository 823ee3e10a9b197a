import { Failure } from '../../../domain/failure.js'
import type { World } from '../../../ports/world.js'
import { forecastFact } from '../../forecastFact.js'
import type { Plan, Procedure } from '../../plan.js'
import { scratchImage } from '../../trial/scratchImage.js'
import { scratchBytes } from '../../trial/scratchScript.js'
import { withSession } from '../../withSession.js'
import { answerOf, type Answer } from './answer.js'
import { backupsInOrder, momentOf } from './backupsInOrder.js'
import type { Bisected, BisectFacts, BisectRequest } from './bisectFacts.js'
import { BisectRun } from './bisectRun.js'
import { SpanReader } from './entriesOfSpan.js'
import { keptIds, States } from './states.js'

/**
 * Finds the operation that first made a query match which must match nothing: by restoring a few backups into a scratch server, and
 * then moments between the last clean and the first dirty one. The live server is asked once, and not changed.
 */
export const bisect: Procedure<BisectRequest, Bisected, World> = {
  id: 'dr bisect',
  summary: 'find the write that broke the data',

  async plan(request, world) {
    const { target, namespace, query, signal } = request
    const now = await withSession(target, world, signal, async ({ stored }) => {
      const there = await stored.definition(namespace)
      if (there && there.type !== 'collection') throw unsupported(request, there.type)
      return stored.matching(namespace, query, keptIds)
    })
    const backups = await backupsInOrder(namespace, target, world.shelf(target))
    const image = await scratchImage(target, request.image, world)
    const facts = { request, backups, now }
    const states = new States(request, image, world)
    const each = await forecastFact('restore', target, largest(facts), world)
    return planned(facts, states, { image: image.name, each: each[1] }, world)
  },
}

function planned(
  facts: BisectFacts,
  states: States,
  { image, each }: { readonly image: string; readonly each: string },
  world: World,
): Plan<Bisected> {
  const { request, backups, now } = facts
  const { target, namespace } = request
  const name = `${namespace.database}.${namespace.collection}`
  const reader = new SpanReader(target, namespace, world)
  const run = new BisectRun(facts, states, reader, world)
  const began = world.clock.elapsed()
  const [oldest, newest] = [backups[0], backups.at(-1)]
  let answer: Answer | undefined
  return {
    command: 'dr bisect',
    target: target.name,
    title: `find what made the query match in ${name}`,
    facts: [
      ['Now', `${now.count.toString()} documents match on the live server, which is not changed`],
      [
        'Backups',
        `${backups.length.toString()}, of ${oldest ? momentOf(oldest) : '?'} to ${newest ? momentOf(newest) : '?'}; at most ${(Math.ceil(Math.log2(backups.length)) + 2).toString()} of them are restored`,
      ],
      ['Then', 'moments between the last clean and the first dirty one, as far as slices go'],
      [
        'Scratch',
        `a server of image ${image}, without a network, removed afterwards: up to ${Math.ceil(scratchBytes(largest(facts)) / 1e6).toString()} MB on the engine's disk; ${name} alone is restored into it`,
      ],
      ['Each', each],
    ],
    loses: [],
    holds: 'nothing',
    steps: [
      {
        title: 'Start a scratch server',
        effect: 'reads',
        run: (context) => states.start(largest(facts), context),
        undo: () => states.remove(),
      },
      {
        title: 'Ask backups',
        effect: 'reads',
        run: (context) => run.amongBackups(context),
      },
      {
        title: 'Go through the oplog between the two',
        effect: 'reads',
        async run(context) {
          await run.amongEntries(context)
          answer = await answerOf(run, request, states, reader, world, context)
        },
      },
      {
        title: 'Remove the scratch server',
        effect: 'reads',
        afterwards: true,
        run: () => states.remove(),
      },
    ],
    release: () => states.remove(),
    result: () => {
      if (!answer) throw new Error('there is an answer once the steps are through')
      return {
        target: target.name,
        namespace: name,
        ...answer,
        probes: { ...states.asked },
        seconds: Math.round(world.clock.elapsed() - began) / 1000,
      }
    },
  }
}

function largest({ backups }: Pick<BisectFacts, 'backups'>): number {
  return Math.max(...backups.map(({ rawBytes }) => rawBytes))
}

/** `BISECT_UNSUPPORTED` (refused): the oplog does not name documents of it by their ids. */
function unsupported({ target, namespace }: BisectRequest, type: string): Failure {
  const name = `${namespace.database}.${namespace.collection}`
  return new Failure(
    'refused',
    'BISECT_UNSUPPORTED',
    `${name} is a ${type}: only collections are gone through`,
    [
      `ops restore --to-time TIME --into NAME --target ${target.name}   (a copy, to look for yourself)`,
    ],
  )
}
