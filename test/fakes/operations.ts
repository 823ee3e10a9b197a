import type {
  Duplicates,
  LockTaker,
  Operations,
  OperationsSession,
  RunningOperation,
  SlowQuery,
} from '../../src/ports/operations.js'
import { FakeSharedKeys } from './sharedKeys.js'

/** What a server is doing, in memory; `log` tells what was asked of it. */
export class FakeOperations implements Operations {
  readonly log: string[] = []
  operations: RunningOperation[] = []
  slow: readonly SlowQuery[] = []
  taker: LockTaker | undefined
  /** `database.collection field` that want an index. */
  readonly wanting = new Set<string>()
  duplicates: Duplicates = { groups: 0, surplus: 0 }
  /** Documents that share a key, where they are told from each other. */
  shared = new FakeSharedKeys([])
  /** What happens just before an operation would be ended. */
  meanwhile: () => void = () => undefined
  /** Told to end, it goes on all the same. */
  deaf = false
  /** Somebody else's index is there before this one is built. */
  othersBuilt = false
  /** Of the disk of the data files. */
  room: { freeBytes: number; totalBytes: number } | undefined = {
    freeBytes: 80e9,
    totalBytes: 100e9,
  }
  /** Of the documents of each collection. */
  bytes = 1e6
  /** Searches do not go into the memory that a server gives to one. */
  needsDisk = false
  searchedOnDisk = false
  /** What happens just before documents are counted. */
  beforeCount: () => void = () => undefined
  buildFails: Error | undefined
  /** An index that was built is gone by the time somebody looks. */
  forgets = false

  connect(): Promise<OperationsSession> {
    return Promise.resolve({
      running: () => {
        this.meanwhile()
        return Promise.resolve([...this.operations])
      },
      slowQueries: () => Promise.resolve(this.slow),
      lockTaker: () => Promise.resolve(this.taker),
      space: () => Promise.resolve(this.room),
      cacheBytes: () => Promise.resolve(256 * 1024 ** 2),
      wantsIndex: ({ database, collection }, field) =>
        Promise.resolve(this.wanting.has(`${database}.${collection} ${field}`)),
      duplicates: (_namespace, fields, { disk }) => {
        this.beforeCount()
        this.searchedOnDisk ||= disk
        const found = this.shared.documents.length > 0 ? this.shared.count(fields) : this.duplicates
        return Promise.resolve(disk || !this.needsDisk ? found : undefined)
      },
      documentBytes: () => Promise.resolve(this.bytes),
      removeDuplicates: ({ database, collection }, { removed }) => {
        this.log.push(`remove ${database}.${collection}`)
        const { surplus, groups } = this.duplicates
        this.duplicates = { groups: 0, surplus: 0 }
        removed(surplus)
        return Promise.resolve({ removed: surplus, groups })
      },
      sharedKey: (_namespace, fields, { disk }) =>
        Promise.resolve(disk || !this.needsDisk ? this.shared.look(fields) : undefined),
      removeSharedKey: ({ database, collection }, fields, seen, { removed }) => {
        this.log.push(`remove ${database}.${collection} by ${fields.join(',')}`)
        const done = this.shared.remove(fields, seen)
        removed(done.removed)
        return Promise.resolve(done)
      },
      buildIndex: ({ database, collection }, field) => {
        this.log.push(`build ${database}.${collection} ${field}`)
        if (this.buildFails) return Promise.reject(this.buildFails)
        if (!this.forgets) this.wanting.delete(`${database}.${collection} ${field}`)
        return Promise.resolve(!this.othersBuilt)
      },
      dropIndex: ({ database, collection }, field) => {
        this.log.push(`drop ${database}.${collection} ${field}_1`)
        return Promise.resolve()
      },
      kill: (opid) => {
        this.log.push(`kill ${opid.toString()}`)
        if (!this.deaf) this.operations = this.operations.filter((one) => one.opid !== opid)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    })
  }
}

/** Somebody's query that has been running for half a minute. */
export function slowOperation(changes: Partial<RunningOperation> = {}): RunningOperation {
  return {
    opid: 4711,
    client: '172.18.0.9:51000',
    connection: 12,
    application: 'report',
    namespace: 'medical_records.healthcare_data',
    command: 'find',
    startedAt: '2026-11-21T13:59:30.000Z',
    seconds: 30,
    waitsForLock: false,
    exclusive: false,
    writes: false,
    ...changes,
  }
}
