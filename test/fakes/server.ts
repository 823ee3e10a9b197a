import { deserialize, serialize, type Document } from 'bson'
import { ArchiveReader } from '../../src/archive/reader.js'
import type {
  LiveNamespace,
  Mongo,
  MongoSession,
  ReplicationTimes,
  ServerFacts,
  StorageFacts,
} from '../../src/ports/mongo.js'
import type { DumpTools, RestoreRequest, ToolOutcome, Tools } from '../../src/ports/tools.js'
import { fakeCatalogue } from './catalogue.js'
import { FakeDocuments } from './documents.js'
import { indexNamed } from './indexNamed.js'
import { largeOplog } from './largeOplog.js'
import type { Mischief } from './mischief.js'
import { FakeOplog } from './oplog.js'
import { FakeStoredData } from './storedData.js'
import { FakeVitals } from './vitals.js'
import { lockedBy } from './writeLock.js'
import { archive, type Namespace } from '../unit/archive/archiveBuilder.js'

/** Of its newest write, where its oplog holds none. */
const newest = { seconds: 1_795_267_324, ordinal: 1 }

/** A collection of the fake server. */
export interface FakeCollection {
  documents: Document[]
  indexes: string[]
}

/** A mongod in memory, with mongodump and mongorestore that speak the real archive format. */
export class FakeServer implements Mongo {
  readonly databases = new Map<string, Map<string, FakeCollection>>()
  readonly log: string[] = []
  readonly oplog = new FakeOplog()
  readonly stored = new FakeDocuments(this.databases)
  readonly data = new FakeStoredData(this.databases)
  readonly vitals = new FakeVitals()
  /** What the engine says of others that were tried before it. */
  fellBack: readonly string[] = []
  mischief: Mischief = {}
  /** Buckets without their time-series. */
  stray: readonly { database: string; collection: string; documents: number }[] = []
  /** Members of its replica set; absent on a standalone. */
  members: number | undefined
  /** How many operations it was told to apply; absent for a user who may not ask. */
  applied: () => number | undefined = () => undefined
  /** Another one after a restart; absent on servers that do not tell. */
  processId: string | undefined = '6553f1000000000000000001'
  /** How many locks block writes. */
  locks = 0
  /** The operation that holds them, and who took them; absent where that is not told. */
  lockHolder: number | undefined
  lockTakers: readonly number[] | undefined
  /** How far it is with its writes; absent on a standalone. */
  times: ReplicationTimes | undefined = { applied: newest, journaled: newest }
  /** Documents of collections under the lock, where its own count is another. */
  readonly counted = new Map<string, number>()
  storage: StorageFacts = {
    engine: 'wiredTiger',
    persistent: true,
    encrypted: false,
    dbPath: '/data/db',
    directoryPerDatabase: false,
    directoryForIndexes: false,
    featureCompatibilityVersion: '6.0',
    arbiter: false,
    members: ['mongodb:27017'],
  }
  facts: ServerFacts = {
    version: '6.0.5',
    replicaSet: 'rs0',
    primary: true,
    host: 'mongodb',
    uptime: 1_000_000,
    connections: 3,
  }

  collection(
    database: string,
    name: string,
    documents: readonly Document[],
    indexes: readonly string[] = [],
  ): this {
    const collections = this.databases.get(database) ?? new Map<string, FakeCollection>()
    collections.set(name, { documents: [...documents], indexes: ['_id_', ...indexes] })
    this.databases.set(database, collections)
    return this
  }

  /** Everything there is, comparable with `toEqual`. */
  state(): Record<string, Record<string, FakeCollection>> {
    return Object.fromEntries(
      [...this.databases].map(([name, collections]) => [
        name,
        structuredClone(Object.fromEntries(collections)),
      ]),
    )
  }

  connect(): Promise<MongoSession> {
    const { databases } = this
    return Promise.resolve({
      oplog: this.oplog,
      stored: this.stored,
      data: this.data,
      vitals: this.vitals,
      server: () => Promise.resolve(this.facts),
      databases: () => Promise.resolve([...databases.keys()]),
      sizes: (names) =>
        Promise.resolve(
          names.map((database) => ({
            database,
            dataBytes: 1000,
            storageBytes: 1000,
            documents: 1,
            collections: 1,
          })),
        ),
      namespaces: (names) => Promise.resolve(names.flatMap((database) => this.#live(database))),
      strayBuckets: (names) =>
        Promise.resolve(this.stray.filter(({ database }) => names.includes(database))),
      hash: (database) =>
        Promise.resolve({
          md5: JSON.stringify(this.state()[database]),
          collections: Object.fromEntries(
            [...(databases.get(database) ?? [])].map(([name, { documents }]) => [
              name,
              JSON.stringify(documents),
            ]),
          ),
        }),
      dropCollection: (database, collection) => {
        this.log.push(`drop ${database}.${collection}`)
        databases.get(database)?.delete(collection)
        return Promise.resolve()
      },
      emptyCollection: (database, collection) => {
        const found = databases.get(database)?.get(collection)
        if (found) found.documents = []
        return Promise.resolve()
      },
      putView: (database, view, definition) => {
        this.log.push(`${definition ? 'view' : 'no view'} ${database}.${view}`)
        return Promise.resolve()
      },
      buildIndexes: (database, collection, definitions) => {
        const names = definitions.map(({ name }) => String(name))
        this.log.push(`index ${database}.${collection} ${names.join()}`)
        if (this.mischief.buildFails) return Promise.reject(new Error(this.mischief.buildFails))
        databases
          .get(database)
          ?.get(collection)
          ?.indexes.push(...names)
        return Promise.resolve()
      },
      putSeries: ({ database, series }) => {
        this.log.push(`series ${database}.${series}`)
        return Promise.resolve()
      },
      catalogue: (names) =>
        Promise.resolve(fakeCatalogue(names.flatMap((database) => this.#live(database)))),
      dropDatabase: (database) => {
        this.log.push(`drop ${database}`)
        databases.delete(database)
        return Promise.resolve()
      },
      privileges: () =>
        Promise.resolve({
          authenticated: true,
          missingForBackup: [],
          missingForRestore: [],
          missingForReplay: this.mischief.mayNotReplay ?? [],
          mayInitiate: this.mischief.mayNotInitiate !== true,
          mayDoEverything: this.mischief.mayDoEverything === true,
        }),
      documents: (database, collection, ids) => this.#documents(database, collection, ids),
      validate: (database, collection) =>
        Promise.resolve(this.mischief.invalid?.[`${database}.${collection}`] ?? []),
      users: () => Promise.resolve([{ user: 'root', database: 'admin', roles: ['root@admin'] }]),
      lastOptime: () => Promise.resolve(this.oplog.entriesHeld.at(-1)?.point.at ?? newest),
      hasOplogEntry: () => Promise.resolve(this.mischief.dropsLastWrites !== true),
      replicationTimes: () => Promise.resolve(this.times),
      countDocuments: async ({ database, collection, documents }, at) => {
        this.log.push(`count ${collection}`)
        await this.mischief.countWaits
        if (this.mischief.forgets?.includes(collection)) return undefined
        return at
          ? (this.counted.get(collection) ?? documents)
          : databases.get(database)?.get(collection)?.documents.length
      },
      members: () => Promise.resolve(this.members),
      initiate: (set, host) => {
        if (this.facts.replicaSet !== undefined) return Promise.resolve(false)
        this.log.push(['initiate', set, host ?? 'by itself'].join(' '))
        this.facts = { ...this.facts, primary: true, replicaSet: set }
        return Promise.resolve(true)
      },
      durable: (database, collection) => {
        this.log.push(`durable ${database}.${collection}`)
        return Promise.resolve()
      },
      writeNote: (text) => {
        this.log.push(`note ${text}`)
        return Promise.resolve(this.facts.replicaSet !== undefined)
      },
      appliedOperations: () => Promise.resolve(this.applied()),
      processId: () => Promise.resolve(this.processId),
      storage: () => Promise.resolve(this.storage),
      ...lockedBy(this),
      close: () => Promise.resolve(),
    })
  }

  /** The tools, as an engine named `exec`. */
  tools(): Tools {
    const tools: DumpTools = {
      name: 'exec',
      versions: () => Promise.resolve({ mongodump: '100.13.0', mongorestore: '100.13.0' }),
      dump: (_target, request) => Promise.resolve(this.#dump(request.database)),
      restore: (_target, request, source) => this.#restore(source, request),
    }
    return {
      choose: () => Promise.resolve({ tools, because: 'it is the only one' }),
    }
  }

  #live(database: string): LiveNamespace[] {
    return [...(this.databases.get(database) ?? [])].map(
      ([collection, { documents, indexes }]) => ({
        database,
        collection,
        type: 'collection' as const,
        documents: documents.length,
        indexes: indexes.map(indexNamed),
      }),
    )
  }

  async *#documents(database: string, collection: string, ids: readonly Uint8Array[]) {
    const wanted = new Set(ids.map((id) => JSON.stringify(deserialize(id)['_id'])))
    const all = this.databases.get(database)?.get(collection)?.documents ?? []
    for (const document of all) {
      if (wanted.has(JSON.stringify(document['_id'])))
        yield await Promise.resolve(serialize(document))
    }
  }

  #dump(only: string | undefined) {
    const { blindTo = [], cutDumpAt, dumpExitCode = 0 } = this.mischief
    this.log.push(`dump ${only ?? 'everything'}`)
    const namespaces: Namespace[] = [...this.databases]
      .filter(([db]) => only === undefined || db === only)
      .flatMap(([db, collections]) =>
        [...collections]
          .filter(([name]) => !blindTo.includes(name))
          .map(([collection, { documents, indexes }]) => ({
            db,
            collection,
            documents,
            metadata: JSON.stringify({
              options: {},
              indexes: indexes.map((name) => ({ v: 2, key: indexNamed(name).key, name })),
            }),
          })),
      )
    if ((this.mischief.largeEntries ?? 0) > 0) {
      this.mischief.largeEntries = (this.mischief.largeEntries ?? 0) - 1
      namespaces.push(largeOplog())
    }
    const newest = this.oplog.entriesHeld.at(-1)
    if (only === undefined && newest)
      namespaces.push({
        db: '',
        collection: 'oplog',
        documents: [newest.bytes],
        type: '',
        metadata: '',
      })
    const bytes = archive(namespaces).subarray(0, cutDumpAt)
    async function* raw() {
      const step = bytes.length > 1e6 ? 1e6 : 100
      for (let at = 0; at < bytes.length; at += step)
        yield await Promise.resolve(bytes.subarray(at, at + step))
    }
    const outcome: ToolOutcome = {
      exitCode: dumpExitCode,
      lines: dumpExitCode === 0 ? [] : ['Failed: cursor was killed'],
    }
    return {
      engine: 'exec' as const,
      fellBack: this.fellBack,
      raw: raw(),
      outcome: Promise.resolve(outcome),
    }
  }

  async #restore(source: AsyncIterable<Uint8Array>, { drop, onReplay }: RestoreRequest) {
    onReplay?.()
    const { restoreExitCode = 0, restoreFails = 0, restoreLoses = false } = this.mischief
    const { restoreChanges = false, restoreForgetsIndexes = false } = this.mischief
    const found = new Map<string, Document[]>()
    const reader = new ArchiveReader({
      documents: {
        of: () => true,
        each: (document, namespace) => {
          found.set(namespace, [...(found.get(namespace) ?? []), deserialize(document)])
        },
      },
    })
    for await (const chunk of source) reader.feed(chunk)
    const { namespaces } = reader.end()
    for (const [name, { database, collection, indexes }] of Object.entries(namespaces)) {
      this.log.push(`restore ${name}`)
      const before = drop ? [] : (this.databases.get(database)?.get(collection)?.documents ?? [])
      const documents = [...before, ...(found.get(name) ?? [])]
      if (restoreLoses) documents.pop()
      if (restoreChanges && documents[0]) documents[0] = { ...documents[0], changed: true }
      this.collection(
        database,
        collection,
        documents,
        indexes
          .map((index) => index.name)
          .filter((index) => index !== '_id_' && !restoreForgetsIndexes),
      )
    }
    return {
      engine: 'exec' as const,
      fellBack: this.fellBack,
      exitCode: restoreExitCode,
      lines: restoreExitCode === 0 ? [] : ['Failed: disk full'],
      restored: [...found.values()].reduce((total, documents) => total + documents.length, 0),
      failed: restoreFails,
    }
  }
}
