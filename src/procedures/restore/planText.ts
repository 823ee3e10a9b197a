import { discardedLines } from '../../domain/discarded.js'
import { keepingFact } from '../discarded/keeping.js'
import type { RestoreFacts } from './facts.js'
import { reborn } from './selection.js'

/** What the operator should know before saying yes. */
export function planFacts(
  facts: RestoreFacts,
  engine: string,
): readonly (readonly [string, string])[] {
  const { source, selection, server, live, writers } = facts
  const counts = Object.entries(selection.namespaces).map(([name, { documents }]) => {
    const now = live.find(({ database, collection }) => `${database}.${collection}` === name)
    return `${name}: ${documents.toString()} documents in the backup, ${now ? now.documents.toString() : 'not there'} now`
  })
  return [
    [
      'Backup',
      `${source.name}${source.manifest ? `, taken ${source.manifest.takenAt}` : ''}${source.key ? ', encrypted and opened with a key of this machine' : ''}, read to its end: whole`,
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
    ['Kept', 'users, roles and other databases stay as they are'],
    ['Engine', engine],
    ['First', safetyText(facts)],
    ...keepingFact(facts.keeping),
    ...wayBackFact(facts.earlier),
  ]
}

/** Where taking this back leads, if not to what is there now: that was left half done. */
export function wayBackFact(
  earlier: RestoreFacts['earlier'],
): readonly (readonly [string, string])[] {
  if (!earlier) return []
  const { half, carried } = earlier
  const to = carried
    ? `"ops undo" then brings back the state before ${carried.from}${carried.safetyBackup === undefined ? ', when nothing was there' : ` (${carried.safetyBackup})`}`
    : 'no state before it can be brought back: "ops undo" would bring back what is there now'
  return [['Half done', `${half} left it half done; ${to}`]]
}

/** What is saved first, and whether there is a way back. */
export function safetyText({ selection, safety, request }: RestoreFacts): string {
  if (safety) {
    const seconds = safety.lastSeconds
    return `a safety backup of what is there now${seconds === undefined ? '' : ` (about ${Math.ceil(seconds).toString()} s)`}; "ops undo" brings it back`
  }
  if (selection.into !== undefined) return 'nothing: the live database is not touched'
  return request.safetyBackup
    ? 'nothing to save: the databases hold nothing'
    : 'NO safety backup (--no-safety-backup): this cannot be undone'
}

/** What saying yes gives up. */
export function planLosses(facts: RestoreFacts): readonly string[] {
  const { source, selection, surplus, live, discarded } = facts
  if (selection.into !== undefined) return []
  const since = source.manifest?.consistentAt ?? source.manifest?.takenAt
  const what =
    selection.collection === undefined
      ? selection.databases.join(', ')
      : `${selection.databases.join()}.${selection.collection}`
  return [
    `every write to ${what} ${since === undefined ? 'that is not in the archive' : `since ${since}`}`,
    ...(discarded ? discardedLines(discarded) : []),
    ...surplus.map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents): it is not in the backup`,
    ),
    ...reborn(live, selection).map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents): it was made while the backup was taken, and will be as it was then`,
    ),
  ]
}
