import { look, seen, type Watch } from '../../checks/doctor/look.js'
import type { Looked, ServerSeen } from '../../checks/doctor/evidence.js'
import type {
  ServerTroubles,
  SlowSeen,
  TargetTroubles,
} from '../../checks/troubleshoot/evidence.js'
import { archivesFirst } from '../../domain/backupFile.js'
import { isGood, isWrittenSince } from '../../domain/trust.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { OperationsSession } from '../../ports/operations.js'
import { expectedBytes, reserve } from '../backup/space.js'
import { lookForDuplicates } from './lookForDuplicates.js'
import type { TroubleshootRequest, TroubleshootWorld } from './request.js'

/** Seconds: reaching a server tries more than one way. */
const usual = { connect: 15, ask: 10, search: 90, shelf: 10, state: 6, close: 3 }

/** The same where it is asked every minute: one after the other they take no longer than the whole of it may. */
const routine: typeof usual = { ...usual, connect: 5, ask: 6, search: 1, close: 1 }

function patienceFor(request: TroubleshootRequest): typeof usual {
  return request.routine ? routine : usual
}

/** Seconds within which a slow query counts: one of last week may be long mended. */
const recent = 3600

/** Slow queries whose collections are looked at. */
const mostQueries = 10

/** Looks at a target: its server over two sessions, its locks, its backups, its shelf. */
export async function lookAtTarget(
  target: Target,
  request: TroubleshootRequest,
  world: TroubleshootWorld,
  watch: Watch,
): Promise<TargetTroubles> {
  const patience = patienceFor(request)
  const [server, locks, backups, shelf] = await Promise.all([
    lookAtServer(target, request, world, watch),
    look(watch, patience.state, () => world.locks.found(target.name)),
    look(watch, patience.shelf, () => backupsOf(target, world)),
    look(watch, patience.shelf, () => roomOf(target, world)),
  ])
  const newest = seen(backups)?.newest
  return {
    name: target.name,
    pointInTime: target.pointInTime,
    ...server,
    locks,
    newestGood:
      backups.state === 'seen' ? { state: 'seen', facts: backups.facts.newestGood } : backups,
    ...(newest ? { newest } : {}),
    shelf,
  }
}

type OfServer = Pick<
  TargetTroubles,
  'connection' | 'server' | 'rights' | 'doing' | 'oplog' | 'certificate'
>

async function lookAtServer(
  target: Target,
  request: TroubleshootRequest,
  world: TroubleshootWorld,
  watch: Watch,
): Promise<OfServer> {
  const patience = patienceFor(request)
  const opened = await look(
    watch,
    patience.connect,
    (signal) => world.mongo.connect(target, signal),
    (late) => late.close(),
  )
  if (opened.state !== 'seen')
    return { connection: opened, server: opened, rights: opened, doing: opened, oplog: opened }
  const session = opened.facts
  try {
    const [server, rights, oplog, certificate, doing] = await Promise.all([
      look(watch, patience.ask, () => serverOf(session, world)),
      look(watch, patience.ask, () => rightsOf(target, session)),
      look(watch, patience.ask, () => oplogOf(session)),
      look(watch, patience.ask, async () => (await session.vitals.certificate()) ?? null),
      lookAtOperations(target, request, session, world, watch),
    ])
    return { connection: { state: 'seen', facts: true }, server, rights, oplog, certificate, doing }
  } finally {
    await letGo(session, patience.close, watch)
  }
}

async function lookAtOperations(
  target: Target,
  request: TroubleshootRequest,
  session: MongoSession,
  world: TroubleshootWorld,
  watch: Watch,
): Promise<Looked<ServerTroubles>> {
  const patience = patienceFor(request)
  const opened = await look(
    watch,
    patience.connect,
    (signal) => world.operations.connect(target, signal),
    (late) => late.close(),
  )
  if (opened.state !== 'seen') return opened
  const doing = opened.facts
  try {
    const [operations, slow, writesLocked, lockTaker, space, cacheBytes] = await Promise.all([
      look(watch, patience.ask, () => doing.running()),
      look(watch, patience.ask, () => slowOf(doing, request.routine ? session : undefined)),
      look(watch, patience.ask, () => session.writesLocked()),
      look(watch, patience.ask, async () => (await doing.lockTaker()) ?? null),
      look(watch, patience.ask, async () => (await doing.space()) ?? null),
      look(watch, patience.ask, async () => (await doing.cacheBytes()) ?? null),
    ])
    // Last: what this does would else be found among what the server is doing.
    const duplicates = await look(watch, patience.search, (signal) =>
      lookForDuplicates(target, request, session, doing, signal),
    )
    return {
      state: 'seen',
      facts: { operations, slow, writesLocked, lockTaker, space, cacheBytes, duplicates },
    }
  } finally {
    await letGo(doing, patience.close, watch)
  }
}

/** A server that does not answer must not keep anybody waiting for its goodbye. */
async function letGo(
  session: { close(): Promise<void> },
  seconds: number,
  watch: Watch,
): Promise<void> {
  const closing = session.close().catch(() => undefined)
  await look(watch, seconds, () => closing).catch(() => undefined)
}

async function serverOf(session: MongoSession, { clock }: TroubleshootWorld): Promise<ServerSeen> {
  const askedAt = clock.now().toISOString()
  const facts = await session.server()
  return { ...facts, askedAt, answeredAt: clock.now().toISOString() }
}

/** An empty server is asked about a database that it does not have: rights on all of them cover that one too. */
async function rightsOf({ databases }: Target, session: MongoSession) {
  const names = databases.length > 0 ? databases : await session.databases()
  return session.privileges(names.length > 0 ? names : ['test'])
}

async function oplogOf(session: MongoSession) {
  const window = await session.oplog.window()
  if (!window) return null
  const { oldest, newest, whole } = window
  return { seconds: newest.seconds - oldest.seconds, whole }
}

/**
 * What a log names is looked at before anything is built on it: is the field there, and is it without an index? With `unread`, over which
 * indexes alone are asked about, no document is looked for, and what a server does not tell of one collection hides no other.
 */
async function slowOf(
  doing: OperationsSession,
  unread: MongoSession | undefined,
): Promise<readonly SlowSeen[]> {
  const queries = (await doing.slowQueries(recent)).slice(0, mostQueries)
  const found: SlowSeen[] = []
  const untold: string[] = []
  for (const query of queries) {
    const [field] = query.fields
    const at = query.namespace.indexOf('.')
    const database = query.namespace.slice(0, at)
    const collection = query.namespace.slice(at + 1)
    const isAsked = query.scansAll && field !== undefined && isPlain(field)
    try {
      const wantsIndex =
        isAsked &&
        (unread
          ? await lacksIndex(unread, { database, collection }, field)
          : await doing.wantsIndex({ database, collection }, field))
      found.push({ ...query, wantsIndex })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      untold.push(`it is not told which indexes ${query.namespace} has: ${why}`)
    }
  }
  // What is not told of one collection says nothing of the others; but that all is well it does not say either.
  const [first] = untold
  if (first !== undefined && !found.some(({ wantsIndex }) => wantsIndex)) throw new Error(first)
  return found
}

/**
 * Every ordinary collection has an index of its `_id`: what has none was dropped since it was logged, or is a view or a time-series,
 * which no index of that kind would help.
 */
async function lacksIndex(
  { vitals }: MongoSession,
  { database, collection }: Namespace,
  field: string,
): Promise<boolean> {
  const keys = (await vitals.indexes(database, collection)).map(({ key }) => Object.keys(key))
  const isOrdinary = keys.some((fields) => fields.length === 1 && fields[0] === '_id')
  return isOrdinary && !keys.some(([first]) => first === field)
}

/** A path of names, none of which a server would take for an operator or for something empty. */
function isPlain(field: string): boolean {
  return field.split('.').every((part) => part !== '' && !part.startsWith('$')) && field !== '_id'
}

async function backupsOf(target: Target, world: TroubleshootWorld) {
  const { entries } = await world.shelf(target).catalog()
  const backups = archivesFirst(entries.filter(({ manifest }) => manifest.purpose === 'backup'))
  const all = backups.map(({ manifest, present, writtenAt }) => {
    const { id, takenAt, trust, judgedAt } = manifest
    const changed = isWrittenSince(judgedAt, writtenAt) ? ({ changed: true } as const) : {}
    return { id, takenAt, trust, present, ...changed }
  })
  const newestGood = all.find(({ present, trust }) => present && isGood(trust)) ?? null
  return { newest: all[0], newestGood }
}

async function roomOf(target: Target, world: TroubleshootWorld) {
  const shelf = world.shelf(target)
  const { entries } = await shelf.catalog()
  const last = entries.find(({ manifest }) => manifest.purpose === 'backup')?.manifest
  const neededBytes = reserve + (last ? expectedBytes({ dataBytes: last.rawBytes, last }) : 0)
  const { freeBytes, totalBytes } = await world.premises.space(shelf.folder)
  return { freeBytes, totalBytes, neededBytes, folder: shelf.folder }
}
