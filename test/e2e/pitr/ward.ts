import type { Db, Document, MongoClient, Timestamp } from 'mongodb'
import { until } from '../../support/waiting.js'

/** Somebody who writes to a database of his own and to the patients', until told to rest. */
export class Ward {
  readonly #db: Db
  #busy: Promise<void> | undefined
  #resting = true
  #next = 1

  constructor(private readonly client: MongoClient) {
    this.#db = client.db('clinic')
  }

  async open(): Promise<void> {
    const notes = Array.from({ length: 200 }, () => this.#note())
    await this.#db.collection('notes').insertMany(notes)
    await this.#db.collection('notes').createIndex({ kind: 1 }, { name: 'kind' }, {})
    await this.#db.collection('drafts').insertMany([this.#note(), this.#note()])
    await this.#db.createCollection('urgent', {
      viewOn: 'notes',
      pipeline: [{ $match: { kind: 1 } }],
    })
    await this.#db.createCollection('pulse', {
      timeseries: { timeField: 'at', metaField: 'bed', granularity: 'seconds' },
    })
    await this.#measure('pulse')
    await this.#db.collection('letters').insertOne({ to: 'whom it concerns' })
  }

  /** Writes from now on. */
  work(): void {
    if (!this.#resting) return
    this.#resting = false
    this.#busy = this.#writing()
  }

  /** Ends after the write under way. */
  async rest(): Promise<void> {
    this.#resting = true
    await this.#busy
  }

  async transaction(): Promise<void> {
    await this.client.withSession((session) =>
      session.withTransaction(async () => {
        const notes = this.#db.collection('notes')
        await notes.insertMany([this.#note(), this.#note()], { session })
        await notes.deleteOne({ kind: 2 }, { session })
        await this.client
          .db('medical_records')
          .collection('audit_trail')
          .insertOne({ at: 1_000_000 + this.#next++ }, { session })
      }),
    )
  }

  /** Indexes that come, go and change, collections that come and go, a view and a time-series. */
  async redefine(): Promise<void> {
    const notes = this.#db.collection('notes')
    await notes.createIndex({ text: 1, kind: -1 }, { name: 'by text' }, {})
    await notes.dropIndex('kind')
    await this.#db.command({ collMod: 'notes', index: { name: 'by text', hidden: true } })
    await this.#db.collection('drafts').drop()
    await this.#db.createCollection('ring', { capped: true, size: 100_000 })
    await this.#db.collection('ring').insertMany([{ n: 1 }, { n: 2 }])
    await this.#db.command({
      collMod: 'urgent',
      viewOn: 'notes',
      pipeline: [{ $match: { kind: 3 } }],
    })
    await this.#db.createCollection('quiet', { viewOn: 'notes', pipeline: [] })
    await this.#db.createCollection('breath', {
      timeseries: { timeField: 'at', metaField: 'bed', granularity: 'minutes' },
    })
    await this.#db.collection('breath').createIndex({ bed: 1, at: 1 }, { name: 'bed' }, {})
    await this.#measure('breath')
    await this.#db.command({ collMod: 'pulse', timeseries: { granularity: 'minutes' } })
  }

  /** Over one that is there. */
  async rename(): Promise<void> {
    const news = this.#db.collection('news')
    await news.insertOne({ to: 'all' })
    await news.createIndex({ to: 1 }, { name: 'to' }, {})
    await news.rename('letters', { dropTarget: true })
  }

  async disaster(): Promise<void> {
    const patients = this.client.db('medical_records').collection('healthcare_data')
    await patients.deleteMany({ 'patient_info.age': { $gt: 40 } })
    await this.#db.collection('notes').updateMany({}, { $set: { text: 'XXX' } })
    await this.#db.dropCollection('quiet')
    await this.#db.collection('breath').drop()
    await this.client.db('archive').collection('kept').insertOne({ late: true })
  }

  #note() {
    const n = this.#next++
    return { _id: n as never, kind: n % 5, text: `note ${n.toString()}` }
  }

  async #measure(series: string): Promise<void> {
    const at = new Date(1_700_000_000_000 + this.#next * 60_000)
    await this.#db.collection(series).insertOne({ at, bed: this.#next++ % 3 })
  }

  async #writing(): Promise<void> {
    const notes = this.#db.collection('notes')
    while (!this.#resting) {
      const note = this.#note()
      await notes.insertOne(note)
      await notes.updateOne({ _id: note._id }, { $set: { seen: new Date() }, $inc: { kind: 1 } })
      if (this.#next % 3 === 0) await notes.deleteOne({ kind: { $gt: 3 } })
      if (this.#next % 7 === 0) await this.transaction()
      if (this.#next % 5 === 0) await this.#measure('pulse')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** Whoever asks last is answered with the latest time: nobody else writes. */
export async function operationTime(client: MongoClient): Promise<string> {
  const pong: Document = await client.db('admin').command({ ping: 1 })
  const { t, i } = pong['operationTime'] as Timestamp
  return `${t.toString()}:${i.toString()}`
}

/** The second of that time as `--to-time` takes it, once it is over. */
export async function wholeSecond(client: MongoClient): Promise<string> {
  const [seconds] = (await operationTime(client)).split(':')
  await until(() => Promise.resolve(Date.now() / 1000 > Number(seconds) + 1.5), 5_000)
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', '+00:00')
}
