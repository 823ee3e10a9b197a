import { selectNamespaces } from '../../archive/select.js'
import type { SplicedState } from '../../archive/splice.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import { writeBackup } from '../backup/writeBackup.js'
import type { StepContext } from '../plan.js'
import { isWanted, splitNamespace } from '../restore/part.js'
import type { Selection } from '../restore/selection.js'
import { openSource, type Source } from '../restore/source.js'
import { withSession } from '../withSession.js'
import { compareMoment, type MomentComparison } from './compare.js'

/** What is taken out of a server that was rebuilt. */
export interface TakeOut {
  readonly target: Target
  readonly scratch: Target
  readonly selection: Selection
  readonly expected: SplicedState
  readonly compression: Compression
  /** How it is called from then on. */
  readonly name: string
  /** Bytes it will probably have. */
  readonly bytes: number
}

/**
 * Proves that the chosen part of the scratch server is as it was at the moment, and dumps it to a file beside the backups, compressed and
 * encrypted like one. The file is read to its end; whoever gets it removes it. Throws `MOMENT_DIFFERS` (integrity), and what
 * dumping and reading throw.
 */
export async function takeOut(order: TakeOut, world: World, context: StepContext): Promise<Source> {
  const { target, scratch, selection, compression, name, bytes } = order
  const [database = ''] = selection.databases
  const counted = await requireAsThen(order, world, context)
  const shelf = world.shelf(target)
  const { tools } = await world.tools.choose(scratch, { kind: 'dump', bytes })
  let remove = () => Promise.resolve()
  let path = ''
  const job = {
    target: scratch,
    tools: partly(tools, selection),
    scope: { request: { database, oplog: false }, only: [] },
    compression,
    recipients: world.keys.recipients,
    expected: Math.max(bytes, 1),
    hurried: true,
    keep: async (parts: AsyncIterable<Uint8Array>) => {
      const spooled = await shelf.spool(parts)
      path = spooled.path
      remove = spooled.discard
    },
  }
  try {
    await writeBackup(job, world, context)
    const source = await openSource({ kind: 'file', path }, target, world)
    requireAll(source, order, counted)
    return { ...source, name, discard: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** What the scratch server has of the part, counted. Throws `MOMENT_DIFFERS` (integrity). */
async function requireAsThen(
  { scratch, selection, expected }: TakeOut,
  world: World,
  { signal, warn }: StepContext,
): Promise<MomentComparison['collections']> {
  const chosen = <Entry>(all: Readonly<Record<string, Entry>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => name in selection.namespaces))
  const [catalogue, live] = await withSession(scratch, world, signal, async (session) => [
    await session.catalogue(selection.databases),
    await session.namespaces(selection.databases, 'exactly'),
  ])
  const then = { catalogue: chosen(expected.catalogue), documents: chosen(expected.documents) }
  // By the part, not by what is expected of it: what is there and was not then would be restored as well.
  const found = Object.fromEntries(
    Object.entries(catalogue).filter(([name]) => isWanted(selection, splitNamespace(name))),
  )
  const { problems, notes, collections } = compareMoment(then, found, live)
  if (problems.length > 0) throw differs(problems)
  for (const note of notes) warn(`${note}: the server removes some by itself`)
  return collections
}

/** A dump that leaves something out says so to nobody. Throws `MOMENT_DIFFERS` (integrity). */
function requireAll(
  { contents }: Source,
  { selection }: TakeOut,
  counted: MomentComparison['collections'],
): void {
  const problems = Object.keys(selection.namespaces).flatMap((name) => {
    const found = contents.namespaces[name]
    if (!found) return [`${name} is not in what was taken out`]
    const { documents } = counted[name] ?? found
    return found.documents === documents
      ? []
      : [`${name} has ${found.documents.toString()} documents instead of ${documents.toString()}`]
  })
  if (problems.length > 0) throw differs(problems)
}

function differs(problems: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'MOMENT_DIFFERS',
    `what was rebuilt in the scratch server is not what was there then: ${problems.join('; ')}; nothing was touched`,
    ['ops backup verify --all', 'ops pitr status'],
    { facts: { problems } },
  )
}

/** The same tools, whose dumps hold the selection alone. */
function partly(tools: DumpTools, selection: Selection): DumpTools {
  return {
    name: tools.name,
    versions: (target) => tools.versions(target),
    restore: (target, request, source, signal) => tools.restore(target, request, source, signal),
    dump: async (target, request, signal) => {
      const run = await tools.dump(target, request, signal)
      const { engine, fellBack, outcome } = run
      const raw = selectNamespaces(run.raw, { keep: (each) => isWanted(selection, each) })
      return { engine, fellBack, outcome, raw }
    },
  }
}
