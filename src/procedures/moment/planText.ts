import type { DocumentBounds } from '../../domain/catalogue.js'
import type { Optime } from '../../domain/contents.js'
import { discardedLines } from '../../domain/discarded.js'
import { optimeText, secondOf } from '../../domain/oplog/optime.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { RestoreFacts } from '../restore/facts.js'
import { safetyText, wayBackFact } from '../restore/planText.js'
import type { MomentFacts } from './momentFacts.js'

/** A moment as people say it: its second, and how much of that second counts. */
export function momentText({ until }: Pick<WantedMoment, 'until'>): string {
  const second = shortTime(until)
  return until.ordinal === 0xffff_ffff
    ? `${second}, all of that second`
    : `${second}, up to entry ${optimeText(until)} of the oplog`
}

/** The second of an entry, RFC 3339 UTC without its zeros. */
export function shortTime(at: Optime): string {
  return secondOf(at).toISOString().replace('.000', '')
}

/** What the operator should know before saying yes. */
export function momentPlanFacts(
  facts: MomentFacts,
  engine: string,
): readonly (readonly [string, string])[] {
  const { expected, restore } = facts
  return [
    ...stretchFacts(facts),
    ...serverFacts(Object.entries(expected.documents), restore, engine),
    ['Kept', 'users and roles stay as they are now, and so do databases that are not named here'],
    ['First', safetyText(restore)],
    ...wayBackFact(restore.earlier),
  ]
}

/** What a moment is put together from. */
export function stretchFacts({
  request,
  moment,
  expected,
  rate,
}: Pick<MomentFacts, 'moment' | 'expected' | 'rate'> & {
  readonly request: Pick<MomentFacts['request'], 'wanted' | 'from'>
}): readonly (readonly [string, string])[] {
  const { source, slices } = moment
  const at = source.contents.oplog?.last
  const [first] = slices
  const seconds = Math.ceil(expected.operations / rate)
  return [
    ['Moment', momentText(request.wanted)],
    [
      'Base',
      `${source.name}${request.from ? ` of ${request.from.name}` : ''}, consistent at ${at ? shortTime(at) : '?'}, read to its end: whole`,
    ],
    [
      'Slices',
      first
        ? `${slices.length.toString()} of timeline ${first.timeline.toString()}, each proved, without a gap; ${expected.operations.toString()} operations to replay (about ${seconds.toString()} s)`
        : 'none needed: the base is consistent at this very moment',
    ],
  ]
}

/** The server as it is now, and what each of these had then. */
export function serverFacts(
  documents: readonly (readonly [string, DocumentBounds])[],
  { server, live, writers }: RestoreFacts,
  engine: string,
): readonly (readonly [string, string])[] {
  const counts = documents.map(([name, { least, most }]) => {
    const now = live.find(({ database, collection }) => `${database}.${collection}` === name)
    const then = least === most ? most.toString() : `${least.toString()} to ${most.toString()}`
    return `${name}: ${then} documents then, ${now ? now.documents.toString() : 'not there'} now`
  })
  return [
    [
      'Server',
      `${server.host}, MongoDB ${server.version}, ${server.connections?.toString() ?? 'an unknown number of'} connections open`,
    ],
    ...counts.map((text) => ['Collection', text] as const),
    [
      'Writers',
      writers.stop.length > 0
        ? `stopped: ${writers.stop.join(', ')}; started again: ${writers.start.join(', ') || 'none'}`
        : 'none is running',
    ],
    ['Engine', engine],
  ]
}

/** What saying yes gives up. */
export function momentLosses({ request, restore }: MomentFacts): readonly string[] {
  const { selection, surplus, stray = [], discarded } = restore
  return [
    `every write to ${selection.databases.join(', ')} after ${momentText(request.wanted)}`,
    ...(discarded ? discardedLines(discarded) : []),
    ...surplus.map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents): it was not there then`,
    ),
    ...stray.map(
      (name) => `${name}: buckets of a time-series that is not there, which no backup can hold`,
    ),
  ]
}
