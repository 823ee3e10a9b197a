import { look, type Watch } from '../../checks/doctor/look.js'
import type { HealthTarget, WriteSeen } from '../../checks/health/evidence.js'
import type { Expectation, Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { withSession } from '../withSession.js'

/** Seconds that each question may take. */
const patience = 6

/** Seconds for a write: connecting, and as long as a majority is waited for, so that one that is missing is seen as missing. */
const writePatience = 11

/** Milliseconds that a majority has for confirming a write. */
const confirming = 5_000

/** Seconds after which an operation runs long. */
const long = 30

/** What the note says: it changes no data, and no count of what was written takes it for a write. */
const note = 'ops health: does a majority confirm a write?'

/** Asks the server of a target everything side by side, each with a deadline of its own. Throws the watch's reason only. */
export async function lookAtServer(
  target: Target,
  service: string | null,
  world: Pick<World, 'mongo' | 'clock'>,
  watch: Watch,
): Promise<HealthTarget> {
  const ask = <Facts>(question: (session: MongoSession) => Promise<Facts>) =>
    look(watch, patience, (signal) => withSession(target, world, signal, question))
  const [server, write, pressure, longer, oplog, members, indexes, certificate] = await Promise.all(
    [
      ask((session) => serverOf(session, world.clock)),
      look(watch, writePatience, (signal) =>
        withSession(target, world, signal, (session) => writeTo(session, world.clock)),
      ),
      ask((session) => session.vitals.pressure()),
      ask((session) => session.vitals.longOperations(long)),
      ask(oplogOf),
      ask(async (session) => (await session.vitals.members()) ?? null),
      ask((session) => indexesOf(target, session)),
      ask(async (session) => (await session.vitals.certificate()) ?? null),
    ],
  )
  return {
    name: target.name,
    service,
    server,
    write,
    pressure,
    long: longer,
    oplog,
    members,
    indexes,
    certificate,
  }
}

async function serverOf(session: MongoSession, clock: Clock) {
  const began = clock.elapsed()
  const askedAt = clock.now().toISOString()
  const facts = await session.server()
  const answeredAt = clock.now().toISOString()
  return { ...facts, askedAt, answeredAt, milliseconds: Math.round(clock.elapsed() - began) }
}

/** Never on a secondary: asked right before, for the primary may have become another. */
async function writeTo(session: MongoSession, clock: Clock): Promise<WriteSeen> {
  const { primary, replicaSet } = await session.server()
  if (!primary) return { kind: 'not primary' }
  if (replicaSet === undefined) return { kind: 'standalone' }
  const began = clock.elapsed()
  if (!(await session.writeNote(note, confirming))) return { kind: 'not allowed' }
  return { kind: 'confirmed', milliseconds: Math.round(clock.elapsed() - began) }
}

async function oplogOf({ oplog }: MongoSession) {
  const window = await oplog.window()
  if (!window) return null
  return { seconds: window.newest.seconds - window.oldest.seconds, full: !window.whole }
}

async function indexesOf({ expectations }: Target, { vitals }: MongoSession) {
  const expected = Object.entries(expectations).flatMap(([namespace, { indexes = [] }]) =>
    indexes.length === 0 ? [] : [{ namespace, indexes }],
  )
  return Promise.all(
    expected.map(({ namespace, indexes }) => indexesIn(namespace, indexes, vitals)),
  )
}

async function indexesIn(
  namespace: string,
  expected: NonNullable<Expectation['indexes']>,
  vitals: MongoSession['vitals'],
) {
  const dot = namespace.indexOf('.')
  const found = await vitals.indexes(namespace.slice(0, dot), namespace.slice(dot + 1))
  return { namespace, expected, found: found.map(({ key }) => ({ key })) }
}
