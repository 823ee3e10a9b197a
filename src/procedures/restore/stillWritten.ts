import { Failure } from '../../domain/failure.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Step } from '../plan.js'
import type { RestoreFacts } from './facts.js'
import { within } from './lookAgain.js'

/**
 * Two looks around the safety backup, after the writers were stopped: who inserts meanwhile is a writer that nobody has
 * named, and would mix its documents with those restored, and again with those taken back. Only growth counts: documents
 * that expire vanish by themselves. Catalog counts may be off after a crash; both looks are off alike. Throws
 * `STILL_WRITTEN` (refused); nothing was touched.
 */
export function aroundSafetyBackup(
  facts: RestoreFacts,
  world: World,
  safety: readonly Step[],
): readonly Step[] {
  if (safety.length === 0) return []
  let before: readonly LiveNamespace[] = []
  const { target } = facts.request
  const look = async (signal: AbortSignal) => {
    const session = await world.mongo.connect(target, signal)
    try {
      return within(await session.namespaces(facts.selection.databases, 'roughly'), facts)
    } finally {
      await session.close()
    }
  }
  return [
    {
      title: 'Count what is there, now that the writers are stopped',
      effect: 'reads',
      async run({ signal }) {
        before = await look(signal)
      },
    },
    ...safety,
    {
      title: 'Count again: does anything still write?',
      effect: 'reads',
      async run({ signal }) {
        const grown = growth(before, await look(signal))
        if (grown.length > 0) throw stillWritten(grown, facts)
      },
    },
  ]
}

function growth(
  before: readonly LiveNamespace[],
  now: readonly LiveNamespace[],
): readonly string[] {
  const name = ({ database, collection }: LiveNamespace) => `${database}.${collection}`
  const then = new Map(before.map((live) => [name(live), live.documents]))
  return now.flatMap((live) => {
    const more = live.documents - (then.get(name(live)) ?? 0)
    return more > 0 ? [`${name(live)} (${more.toString()} documents more)`] : []
  })
}

function stillWritten(grown: readonly string[], { request, server }: RestoreFacts): Failure {
  const { name, writers } = request.target
  const named = writers.map(({ service }) => service).join(', ') || 'none'
  const open = server.connections?.toString() ?? 'an unknown number of'
  return new Failure(
    'refused',
    'STILL_WRITTEN',
    `something still writes to ${grown.join(', ')}: a restore would mix its writes with the backup; writers named for "${name}": ${named}; connections open: ${open}`,
    [
      `name it under targets.${name}.writers of ops.yaml, or stop it`,
      'mongosh --eval "db.currentOp({active: true})"   (who it is)',
      'ops restore',
    ],
    { facts: { grown } },
  )
}
