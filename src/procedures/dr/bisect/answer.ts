import { idText } from '../../../archive/documentId.js'
import type { Span } from '../../../domain/bisect/positions.js'
import type { Optime } from '../../../domain/contents.js'
import type { Manifest } from '../../../domain/manifest.js'
import { optimeText, secondOf } from '../../../domain/oplog/optime.js'
import type { World } from '../../../ports/world.js'
import { shortTime } from '../../moment/planText.js'
import type { StepContext } from '../../plan.js'
import { withSession } from '../../withSession.js'
import { namesOfUsers } from '../namesOfUsers.js'
import { momentOf } from './backupsInOrder.js'
import type { Bisected, BisectRequest, FoundOperation, SeenState } from './bisectFacts.js'
import type { BisectRun } from './bisectRun.js'
import { writtenId, type SpanReader } from './entriesOfSpan.js'
import type { SeenMatching, States } from './states.js'

/** Ids that are shown. */
const shown = 10

/** The part of an answer that says what was found. */
export type Answer = Pick<
  Bisected,
  'found' | 'clean' | 'dirty' | 'matching' | 'operation' | 'missing' | 'restore'
>

/** What was found, in the words of the answer; reads the operation once more to say what it was. */
export async function answerOf(
  { narrowed, turned, cleanMatching, dirtyMatching }: BisectRun,
  request: BisectRequest,
  states: States,
  reader: SpanReader,
  world: World,
  context: StepContext,
): Promise<Answer> {
  if (!narrowed) throw new Error('the answer is known once the oplog was gone through')
  const { clean, dirty } = turned
  if (narrowed.found === 'states') {
    const { cleanAt, missing } = narrowed
    const before = cleanAt ? await states.atMoment(cleanAt, context) : cleanMatching
    const what = cleanAt ? `--to-time ${optimeText(cleanAt)}` : clean.id
    return {
      found: 'states',
      clean: cleanAt ? stateAt(cleanAt) : stateOf(clean),
      dirty: dirty ? stateOf(dirty) : { time: world.clock.now().toISOString() },
      matching: { clean: 0, dirty: dirtyMatching.count },
      operation: null,
      missing,
      restore: before?.isThere ? restoring(what, request) : null,
    }
  }
  const { span, found, since } = narrowed
  // Both were asked on the way.
  const [before, after] = [
    await states.atMoment(span.clean, context),
    await states.atMoment(span.dirty, context),
  ]
  const operation =
    found === 'operation'
      ? await operationIn({ ...span, since }, after, request, reader, world, context.signal)
      : undefined
  return {
    found: operation ? 'operation' : 'stretch',
    clean: stateAt(span.clean),
    dirty: stateAt(span.dirty),
    matching: { clean: 0, dirty: after.count },
    operation: operation ?? null,
    missing: operation
      ? null
      : 'no entry of the oplog between the two is one on the collection: does the query go by the time?',
    restore: before.isThere ? restoring(`--to-time ${optimeText(span.clean)}`, request) : null,
  }
}

/** Nothing where the entry says nothing of the collection. */
async function operationIn(
  { dirty, since }: Pick<Span, 'dirty'> & { readonly since: Optime },
  after: SeenMatching,
  { target, namespace }: BisectRequest,
  reader: SpanReader,
  world: World,
  signal: AbortSignal,
): Promise<FoundOperation | undefined> {
  const { operations, wall } = await reader.describe(dirty, since, signal)
  if (operations.length === 0) return undefined
  const written = new Set(operations.flatMap((one) => writtenId(one) ?? []))
  const matching = after.ids.map(idText)
  const ofThese = matching.filter((id) => written.has(id))
  const user = operations.find((one) => one.user !== undefined)?.user
  const names =
    user === undefined ? undefined : await withSession(target, world, signal, namesOfUsers)
  return {
    kinds: [...new Set(operations.map(({ kind }) => kind))],
    namespace: `${namespace.database}.${namespace.collection}`,
    documents: written.size,
    ids: (ofThese.length > 0 ? ofThese : matching).slice(0, shown),
    time: (wall ?? secondOf(dirty)).toISOString(),
    optime: optimeText(dirty),
    isTransaction: operations.some(({ isTransaction }) => isTransaction),
    by: names?.get(user ?? '') ?? null,
  }
}

function stateOf(manifest: Manifest): SeenState {
  const { id, oplog } = manifest
  const last = oplog?.last
  return { backup: id, time: momentOf(manifest), ...(last ? { optime: optimeText(last) } : {}) }
}

function stateAt(at: Optime): SeenState {
  return { optime: optimeText(at), time: shortTime(at) }
}

function restoring(what: string, { target, namespace }: BisectRequest): string {
  const { database, collection } = namespace
  return `ops restore ${what} --database ${database} --collection ${collection} --target ${target.name}`
}
