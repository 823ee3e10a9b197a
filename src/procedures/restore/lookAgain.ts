import { Failure } from '../../domain/failure.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Step } from '../plan.js'
import type { RestoreFacts } from './facts.js'
import { runningWriters } from './writers.js'

/**
 * The first step of a restore, under the lock: between the plan and the typed name anything may have happened. What was
 * confirmed must still be what would be done. Throws `PLAN_STALE` (refused), naming what changed; nothing was touched.
 */
export function lookAgain(facts: RestoreFacts, world: World): Step {
  return {
    title: 'Look again: is everything as the plan says?',
    effect: 'reads',
    async run({ signal }) {
      const { target, stoppedBefore } = facts.request
      const session = await world.mongo.connect(target, signal)
      const changes = await sourceGone(facts, world)
      const others = await (async () => {
        const { selection } = facts
        if (selection.into !== undefined) {
          const there = (await session.databases()).includes(selection.into)
          return there ? [`database ${selection.into} was made meanwhile`] : []
        }
        const now = await session.namespaces(selection.databases, 'roughly')
        return changed(facts.live, within(now, facts))
      })().finally(() => session.close())
      changes.push(...others)
      const writers =
        facts.selection.into === undefined
          ? await runningWriters(target, world, stoppedBefore)
          : facts.writers
      if (writers.stop.join() !== facts.writers.stop.join()) {
        changes.push(`writers running now: ${writers.stop.join(', ') || 'none'}`)
      }
      if (changes.length === 0) return
      throw new Failure(
        'refused',
        'PLAN_STALE',
        `things changed after the plan was made: ${changes.join('; ')}; nothing was touched`,
        ['ops restore   (plan again)'],
        { facts: { changes } },
      )
    },
  }
}

/** Retention, or somebody, may have removed it: found now, not after the first collection was dropped. */
async function sourceGone(
  { source, request: { target } }: RestoreFacts,
  world: Pick<World, 'shelf'>,
): Promise<string[]> {
  const bytes = world.shelf(target).read(source.path)[Symbol.asyncIterator]()
  try {
    await bytes.next()
    await bytes.return?.()
    return []
  } catch (error) {
    if (error instanceof Failure && error.code === 'BACKUP_NOT_FOUND')
      return [`the file of ${source.name} is gone`]
    throw error
  }
}

/** The namespaces of what will be touched. */
export function within(
  live: readonly LiveNamespace[],
  { selection }: Pick<RestoreFacts, 'selection'>,
): readonly LiveNamespace[] {
  const { databases, collection } = selection
  return live.filter(
    (namespace) =>
      databases.includes(namespace.database) &&
      (collection === undefined || collection === namespace.collection),
  )
}

function changed(before: readonly LiveNamespace[], now: readonly LiveNamespace[]): string[] {
  const names = (list: readonly LiveNamespace[]) =>
    list.map(({ database, collection }) => `${database}.${collection}`)
  const [then, today] = [new Set(names(before)), new Set(names(now))]
  return [
    ...[...today].filter((name) => !then.has(name)).map((name) => `${name} was made meanwhile`),
    ...[...then].filter((name) => !today.has(name)).map((name) => `${name} is gone`),
  ]
}
