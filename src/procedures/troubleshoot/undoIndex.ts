import { deserialize } from 'bson'
import { isPlainIndex } from '../../domain/plainIndex.js'
import type { BuiltIndex, Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Step } from '../plan.js'
import type { UndoResult } from '../restore/undone.js'
import { withSession } from '../withSession.js'

/** Drops an index that was built because it was missed; one that is gone already is no failure, and one that is defined in another way stays. */
export function undoIndex(
  receipt: Receipt,
  { namespace, name }: BuiltIndex,
  target: Target,
  last: Step,
  world: World,
): Plan<UndoResult> {
  const at = namespace.indexOf('.')
  const where = { database: namespace.slice(0, at), collection: namespace.slice(at + 1) }
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [['Drops', `the index ${name} of ${namespace}; no document is touched`]],
    loses: [`the index ${name} of ${namespace}: queries that use it are slow again`],
    steps: [
      {
        title: `Drop ${name} of ${namespace}`,
        effect: 'destroys',
        stays: true,
        run: ({ signal, detail }) =>
          withSession(target, world, signal, async ({ stored }) => {
            const definition = await stored.definition(where)
            const index = definition?.indexes.find((one) => one.name === name)
            if (!index) detail('it is gone already')
            // Of that name it may be somebody else's by now: unique, partial, or on other fields.
            else if (!isPlainIndex(deserialize(index.definition), name.replace(/_1$/, '')))
              detail('it is another index by now, and stays')
            else await stored.dropIndex(where, name)
          }),
      },
      last,
    ],
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: [`${namespace} ${name}`],
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }
}
