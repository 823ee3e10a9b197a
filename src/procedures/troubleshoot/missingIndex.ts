import { Failure } from '../../domain/failure.js'
import type { BuiltIndex } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { OperationsSession } from '../../ports/operations.js'
import type { Space } from '../../ports/premises.js'
import type { Plan } from '../plan.js'
import type { TroubleshootWorld } from './request.js'

/** The index that is missed. */
export interface MissedIndex {
  readonly namespace: string
  readonly field: string
}

/**
 * Builds an index on one field, beside the work of others, and proves that it is there. Taken back where a later step fails, and by
 * "ops undo". Throws `INDEX_NOT_WANTED` (refused) where the field is not there, or is indexed by now,
 * `INDEX_NO_ROOM` (space) where the disk of the server has too little room, or does not tell.
 */
export async function missingIndex(
  target: Target,
  { namespace, field }: MissedIndex,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const at = namespace.indexOf('.')
  const where = { database: namespace.slice(0, at), collection: namespace.slice(at + 1) }
  const using = async <Answer>(
    signal: AbortSignal | undefined,
    use: (session: OperationsSession) => Promise<Answer>,
  ) => {
    const session = await world.operations.connect(target, signal)
    try {
      return await use(session)
    } finally {
      await session.close()
    }
  }
  const requireWanted = async (session: OperationsSession) => {
    if (!(await session.wantsIndex(where, field))) throw notWanted(namespace, field)
  }
  await using(undefined, async (session) => {
    await requireWanted(session)
    requireRoom(namespace, await session.space())
  })
  // Only what was begun here is taken back: of that name somebody else may have one.
  let began = false
  const name = `${field}_1`
  // On the record before it is built: from then on it may be there.
  const built: BuiltIndex = { namespace, name }
  return {
    command: 'troubleshoot',
    target: target.name,
    title: `build an index on ${field} of ${namespace}`,
    facts: [
      ['Index', `${name}: ${field}, ascending`],
      ['Meanwhile', 'reads and writes go on; the server has more to do until it is built'],
      ['Way back', '"ops undo" drops it'],
    ],
    loses: [],
    recordedFromTheStart: true,
    steps: [
      {
        title: `Build ${name} on ${namespace}`,
        effect: 'changes',
        run: ({ signal }) =>
          using(signal, async (session) => {
            await requireWanted(session)
            requireRoom(namespace, await session.space())
            began = true
            began = await session.buildIndex(where, field)
            if (!began) throw notWanted(namespace, field)
          }),
        undo: ({ signal }) =>
          began ? using(signal, (session) => session.dropIndex(where, field)) : Promise.resolve(),
      },
      {
        title: 'Prove that it is there',
        effect: 'reads',
        run: ({ signal }) =>
          using(signal, async (session) => {
            if (await session.wantsIndex(where, field)) throw notThere(namespace, name)
          }),
      },
    ],
    receipt: () => ({ index: built }),
    result: () => ({ namespace, index: name }),
  }
}

/** Part of the disk that has to be free: a server whose disk is full stops. */
const free = 0.1

function requireRoom(namespace: string, space: Space | undefined): void {
  if (space && space.freeBytes >= free * space.totalBytes) return
  throw new Failure(
    'space',
    'INDEX_NO_ROOM',
    `no index was built on ${namespace}: ${space ? 'less than a tenth of the disk of its server is free' : 'how full the disk of its server is, is not known'}`,
    ['ops troubleshoot disk'],
  )
}

function notWanted(namespace: string, field: string): Failure {
  return new Failure(
    'refused',
    'INDEX_NOT_WANTED',
    `no index was built: ${namespace} is no collection with a document that has "${field}", or an index of it begins with that by now`,
    ['ops troubleshoot slow'],
  )
}

function notThere(namespace: string, name: string): Failure {
  return new Failure('failed', 'INDEX_NOT_THERE', `${name} of ${namespace} is not there`, [
    'ops troubleshoot slow',
  ])
}
