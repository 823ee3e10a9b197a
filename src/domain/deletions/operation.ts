import type { Optime } from '../contents.js'

/** What an operation of the oplog does, as far as deletions are concerned. */
export type OperationKind =
  | 'insert'
  | 'update'
  | 'delete'
  /** A collection that was not there is made, also by a renaming. */
  | 'create'
  | 'drop'
  | 'dropDatabase'
  | 'replace'
  /** A collection loses its name to another, by a renaming; told where namespaces were asked for. */
  | 'rename'

/** One operation, or several of a kind in a row that took effect together. */
export interface Operation {
  readonly kind: OperationKind
  /** `database.collection`; the database alone where it is dropped. */
  readonly namespace: string
  /** When it took effect: for what is in a transaction, when that was committed. */
  readonly at: Optime
  /** The oldest entry of a transaction that is open or committed here; `at` where there is none. */
  readonly readFrom: Optime
  /** How many it stands for; of a drop, the documents that went. */
  readonly count: number
  /** Of a delete: tells the collection from others of its name, where the oplog says it. Hexadecimal digits. */
  readonly uuid?: string
  readonly session?: string
  readonly isTransaction: boolean
  readonly user?: string
}
