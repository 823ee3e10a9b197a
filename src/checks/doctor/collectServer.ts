import type { Target } from '../../domain/target.js'
import { archivesFirst } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import type { MongoSession, ServerFacts } from '../../ports/mongo.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { Looked, NextBackup, ServerSeen, TargetEvidence } from './evidence.js'
import { look, seen, type Watch } from './look.js'
import type { BackupRules, Configured, Patient } from './patient.js'
import { size } from './words.js'

/** Seconds: reaching a server tries more than one way, and the driver waits ten seconds for it to answer. */
const patience = { connect: 15, ask: 10, measure: 15, close: 3 }

type ServerEvidence = Pick<TargetEvidence, 'connection' | 'server' | 'rights' | 'nextBackup'>

/** Looks at a target's server over one session; without one the last backup says what the next will take. */
export async function collectServer(
  target: Target,
  listed: Promise<Looked<readonly ShelfEntry[]>>,
  { world, rules }: Configured,
  { clock }: Patient,
  watch: Watch,
): Promise<ServerEvidence> {
  const opened = await look(
    watch,
    patience.connect,
    (signal) => world.mongo.connect(target, signal),
    (late) => late.close(),
  )
  const entries = seen(await listed) ?? []
  if (opened.state !== 'seen') {
    const nextBackup = likeTheLast(entries, rules) ?? opened
    return { connection: opened, server: opened, rights: opened, nextBackup }
  }
  const session = opened.facts
  try {
    const [server, present] = await Promise.all([
      look(watch, patience.ask, () => serverOf(session, clock)),
      look(watch, patience.ask, () => session.databases()),
    ])
    const [rights, nextBackup] = await Promise.all([
      look(watch, patience.ask, () => session.privileges(namesOf(target, seen(present)))),
      server.state === 'seen' && present.state === 'seen'
        ? look(watch, patience.measure, () =>
            measured(target, session, server.facts, present.facts, entries, rules),
          )
        : (likeTheLast(entries, rules) ?? blindBy(server, present)),
    ])
    return { connection: { state: 'seen', facts: true }, server, rights, nextBackup }
  } finally {
    const closing = session.close().catch(() => undefined)
    await look(watch, patience.close, () => closing).catch(() => undefined)
  }
}

async function serverOf(session: MongoSession, clock: Patient['clock']): Promise<ServerSeen> {
  const askedAt = clock.now().toISOString()
  const facts = await session.server()
  return { ...facts, askedAt, answeredAt: clock.now().toISOString() }
}

/** An empty server is asked about a database it does not have: rights on all of them cover that one too. */
function namesOf(target: Target, present: readonly string[] = []): readonly string[] {
  const names = target.databases.length > 0 ? target.databases : present
  return names.length > 0 ? names : ['test']
}

async function measured(
  target: Target,
  session: MongoSession,
  server: ServerFacts,
  present: readonly string[],
  entries: readonly ShelfEntry[],
  rules: BackupRules,
): Promise<NextBackup> {
  const { databases, wholeInstance } = rules.scope(target, server, present)
  const sizes = await session.sizes(databases)
  const dataBytes = sizes.reduce((total, { dataBytes: bytes }) => total + bytes, 0)
  const last = rules.lastLike(entries, wholeInstance)
  return { databases, ...needed(dataBytes, last, rules) }
}

/** What the next backup takes if it is like the last one: all that can be said while the server cannot be asked. */
function likeTheLast(
  entries: readonly ShelfEntry[],
  rules: BackupRules,
): Looked<NextBackup> | undefined {
  const own = entries.filter(({ manifest }) => manifest.purpose === 'backup')
  const last = archivesFirst(own)[0]?.manifest
  return last && { state: 'seen', facts: needed(last.rawBytes, last, rules) }
}

function needed(
  dataBytes: number,
  last: Manifest | undefined,
  rules: BackupRules,
): Omit<NextBackup, 'databases'> {
  return {
    neededBytes: rules.neededBytes(dataBytes, last),
    guessedFrom: `${size(dataBytes)} of data${last ? ` and the last backup, ${last.id}` : ''}`,
  }
}

function blindBy(...looks: readonly Looked<unknown>[]): Exclude<Looked<never>, { state: 'seen' }> {
  const blind = looks.find((one) => one.state !== 'seen')
  return blind?.state === 'refused' || blind?.state === 'unseen'
    ? blind
    : { state: 'unseen', because: 'the server was not asked' }
}
