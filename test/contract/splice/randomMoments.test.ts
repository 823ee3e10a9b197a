import { ReadPreference, Timestamp, type MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentsOf } from '../../../src/adapters/mongo/documents.js'
import { spliceOplog, type SplicedState } from '../../../src/archive/splice.js'
import type { ApplyOperations } from '../../../src/archive/splice/batches.js'
import { catalogueDifferences } from '../../../src/domain/catalogue.js'
import type { Optime } from '../../../src/domain/contents.js'
import type { Target } from '../../../src/domain/target.js'
import { startServer, type Server } from '../archive/server.js'
import { dump, restoreTelling } from '../archive/tools.js'
import { ArchiveReader } from '../../../src/archive/reader.js'
import { seeded, streamed } from '../../unit/archive/feeding.js'
import { requireSame, stateOf } from './account.js'
import { go, largeTransaction, prepare } from './history.js'
import { catalogueOf, defineLate } from './server.js'
import { Writer } from './writer.js'

/** The long form: several histories, many moments each. `OPS_SPLICE_SEED` repeats one. */
const isLong = process.env['OPS_SPLICE'] === 'long'
const seed = Number(process.env['OPS_SPLICE_SEED'] ?? 1)
const rounds = isLong ? 5 : 1
const moments = isLong ? 10 : 3
const stepsAfter = isLong ? 500 : 250

let source: Server
let target: Server

beforeAll(async () => {
  // Transactions are chains of entries as soon as they write four things.
  const chained = 'maxNumberOfTransactionOperationsInSingleOplogEntry=3'
  ;[source, target] = await Promise.all([startServer([chained]), startServer()])
}, 120_000)
afterAll(async () => {
  await Promise.all([source.stop(), target.stop()])
})

/** Who replays: both must come to the same. */
const ways = ['mongorestore', 'batches beside it'] as const
const flags = ['--oplogReplay', '--stopOnError']

const nobody: Target = {} as Target

interface Moment {
  readonly until: Optime
  /** Of the step whose outcome is the last that counts. */
  readonly step: number
  readonly name: string
}

const spoken = Array.from({ length: rounds }, (_, round) => seed + round)
test.each(spoken)(
  'history %i: at any moment, every document, index and option is as it was then',
  async (one) => {
    const random = seeded(one)
    await emptied(source)
    const writer = new Writer(source.client, random)
    await prepare(writer, isLong ? 4000 : 1500)
    const base = await dumpedUnderWrites(writer)
    const { last } = contentsOf(base).oplog ?? {}
    if (!last) throw new Error('an oplog')
    for (let step = 0; step < stepsAfter; step++) {
      if (step === 60) await largeTransaction(writer)
      await go(writer, true)
    }
    const entries = await oplogFrom(last)
    requireSame(
      await stateOf(source.client, await catalogueOf(source.client)),
      writer.stateAfter(writer.steps.length - 1),
    )

    const looked = momentsOf(writer, entries, last, random)
    for (const [{ until, step, name }, way] of looked.flatMap((moment) =>
      ways.map((each) => [moment, each] as const),
    )) {
      const says = `seed ${one.toString()}, step ${step.toString()}, ${name}, by ${way}, at ${until.seconds.toString()}:${until.ordinal.toString()}`
      await emptied(target)
      let expected: SplicedState | undefined
      let replaying = () => {}
      const ready = new Promise<void>((resolve) => (replaying = resolve))
      const documents = documentsOf(target.client, nobody)
      let beside = 0
      const apply: ApplyOperations = async (operations) => {
        await ready
        beside += operations.length
        return documents.apply(operations, { durable: false })
      }
      const spliced = spliceOplog(streamed([base]), {
        ...(way === 'mongorestore' ? {} : { apply }),
        entries: streamed(entries.map(({ raw }) => raw)),
        until,
        onExpected: (state) => (expected = state),
      })
      const started = Date.now()
      const run = await restoreTelling(target.uri, spliced, replaying, ...flags)
      expect(run.exitCode, `${says}\n${run.log.slice(-1500)}`).toBe(0)
      const took = Date.now() - started
      if (!expected) throw new Error('an archive that was not spliced to its end')
      await defineLate(target.client, expected.late)
      const actual = await catalogueOf(target.client)
      const then = writer.steps[step]?.catalogue ?? {}
      expect(catalogueDifferences(then, expected.catalogue), `expected at ${says}`).toEqual([])
      expect(catalogueDifferences(then, actual), `restored at ${says}`).toEqual([])
      await requireBounds(target.client, expected.documents, says)
      try {
        requireSame(await stateOf(target.client, actual), writer.stateAfter(step))
      } catch (error) {
        throw new Error(says, { cause: error })
      }
      const [, applied = '?'] = /applied (\d+) oplog entries/.exec(run.log) ?? []
      if (isLong)
        process.stderr.write(
          `${says}: ${applied} entries, ${beside.toString()} beside, ${took.toString()} ms\n`,
        )
    }
  },
  isLong ? 900_000 : 180_000,
)

/** The number of documents that splicing foretold; what a capped collection let go of is in no oplog. */
async function requireBounds(
  client: MongoClient,
  documents: SplicedState['documents'],
  says: string,
): Promise<void> {
  for (const [name, { least, most }] of Object.entries(documents)) {
    const dot = name.indexOf('.')
    const db = client.db(name.slice(0, dot))
    const own = name.slice(dot + 1)
    const [found] = await db.listCollections({ name: own }, { nameOnly: false }).toArray()
    const stored = found?.type === 'timeseries' ? `system.buckets.${own}` : own
    const count = await db.collection(stored).countDocuments()
    const isCapped = found?.options?.capped === true
    expect(count, `${name} ${says}`).toBeLessThanOrEqual(most)
    if (!isCapped) expect(count, `${name} ${says}`).toBeGreaterThanOrEqual(least)
  }
}

/** A dump while the writer goes on; renaming is what mongodump refuses meanwhile. */
async function dumpedUnderWrites(writer: Writer): Promise<Buffer> {
  const dumping = dump(source.uri, '--oplog')
  const ended = dumping.then(() => true)
  do await go(writer, false)
  while (!(await Promise.race([ended, Promise.resolve(false)])))
  return dumping
}

function contentsOf(archive: Buffer) {
  const reader = new ArchiveReader()
  reader.feed(archive)
  return reader.end()
}

interface Recorded {
  readonly at: Optime
  readonly raw: Buffer
}

async function oplogFrom({ seconds, ordinal }: Optime): Promise<Recorded[]> {
  const found: Recorded[] = []
  const oplog = source.client.db('local').collection('oplog.rs')
  const from = new Timestamp({ t: seconds, i: ordinal })
  const preference = { raw: true, readPreference: ReadPreference.primary }
  for await (const raw of oplog.find({ ts: { $gte: from } }, preference).sort({ $natural: 1 })) {
    const bytes = Buffer.from(raw as unknown as Uint8Array)
    found.push({ at: timeOf(bytes), raw: bytes })
  }
  return found
}

function timeOf(raw: Buffer): Optime {
  const at = raw.indexOf('\x11ts\0', 0, 'latin1') + 4
  return { seconds: raw.readUInt32LE(at + 4), ordinal: raw.readUInt32LE(at) }
}

const number = ({ seconds, ordinal }: Optime) => seconds * 2 ** 20 + ordinal

/** Right after steps, and right before the last entry of those that happen at once; what is rare is chosen more often. */
function momentsOf(
  { steps }: Writer,
  entries: readonly Recorded[],
  last: Optime,
  random: () => number,
): Moment[] {
  const end = entries.at(-1)?.at ?? last
  const possible = steps.flatMap(({ at, isAtomic, name, changes }, step): Moment[] => {
    const before = steps[step - 1]?.at
    if (!before || number(before) <= number(last) || number(at) > number(end)) return []
    const after: Moment = { until: at, step, name: `after ${name}` }
    const made = entries.filter(
      (entry) => number(entry.at) > number(before) && number(entry.at) <= number(at),
    )
    const final = made.at(-1)
    if (!isAtomic || !final || (changes.length === 0 && name !== 'drop index')) return [after]
    const { seconds, ordinal } = final.at
    const until = { seconds, ordinal: ordinal - 1 }
    return number(until) < number(before)
      ? [after]
      : [after, { until, step: step - 1, name: `before ${name}` }]
  })
  const rare = possible.filter(({ name }) =>
    /rename|\$out|transaction|index|capped|time-series|other/.test(name),
  )
  const large = possible.filter(({ name }) => name === 'before large transaction')
  const chosen = Array.from({ length: moments - 1 }, (_, at) => {
    const from = at % 3 === 0 ? possible : rare
    return from[Math.floor(random() * from.length)]
  })
  return [...large, ...chosen].filter((one) => one !== undefined)
}

async function emptied({ client }: Server): Promise<void> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  for (const { name } of databases) {
    if (!['admin', 'config', 'local'].includes(name)) await client.db(name).dropDatabase()
  }
}
