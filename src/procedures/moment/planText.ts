import type { Optime } from '../../domain/contents.js'
import { optimeText, secondOf } from '../../domain/oplog/optime.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
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
  { request, moment, expected, restore, rate }: MomentFacts,
  engine: string,
): readonly (readonly [string, string])[] {
  const { source, slices } = moment
  const { server, live, writers, safety } = restore
  const at = source.contents.oplog?.last
  const [first] = slices
  const counts = Object.entries(expected.documents).map(([name, { least, most }]) => {
    const now = live.find(({ database, collection }) => `${database}.${collection}` === name)
    const then = least === most ? most.toString() : `${least.toString()} to ${most.toString()}`
    return `${name}: ${then} documents then, ${now ? now.documents.toString() : 'not there'} now`
  })
  const seconds = Math.ceil(expected.operations / rate)
  return [
    ['Moment', momentText(request.wanted)],
    ['Base', `${source.name}, consistent at ${at ? shortTime(at) : '?'}, read to its end: whole`],
    [
      'Slices',
      first
        ? `${slices.length.toString()} of timeline ${first.timeline.toString()}, each proved, without a gap; ${expected.operations.toString()} operations to replay (about ${seconds.toString()} s)`
        : 'none needed: the base is consistent at this very moment',
    ],
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
    ['Kept', 'users and roles stay as they are now, and so do databases that are not named here'],
    ['Engine', engine],
    ['First', safetyText(safety?.lastSeconds, safety !== undefined, request.safetyBackup)],
  ]
}

function safetyText(seconds: number | undefined, taken: boolean, wanted: boolean): string {
  if (taken) {
    const about = seconds === undefined ? '' : ` (about ${Math.ceil(seconds).toString()} s)`
    return `a safety backup of what is there now${about}; "ops undo" brings it back`
  }
  return wanted
    ? 'nothing to save: the databases hold nothing'
    : 'NO safety backup (--no-safety-backup): this cannot be undone'
}

/** What saying yes gives up. */
export function momentLosses({ request, restore }: MomentFacts): readonly string[] {
  const { selection, surplus } = restore
  return [
    `every write to ${selection.databases.join(', ')} after ${momentText(request.wanted)}`,
    ...surplus.map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents): it was not there then`,
    ),
  ]
}
