import type { Receipt } from '../domain/receipt.js'

/** The record of what was done to targets; each write is atomic and synced. */
export interface Receipts {
  save(receipt: Receipt): Promise<void>
  /** Newest first; those that cannot be read are left out. */
  list(): Promise<readonly Receipt[]>
  /** Files that are no receipts or cannot be read: never deleted, to be named. */
  unreadable(): Promise<readonly { readonly file: string; readonly reason: string }[]>
  /** Throws `RECEIPT_UNREADABLE` (failed). */
  read(id: string): Promise<Receipt | undefined>
  /** Whether the process that wrote a `started` receipt is certainly gone. */
  abandoned(receipt: Receipt): Promise<boolean>
}
