import type { Receipt } from '../domain/receipt.js'

/** The record of what was done to targets; each write is atomic and synced. */
export interface Receipts {
  save(receipt: Receipt): Promise<void>
  /** Newest first. */
  list(): Promise<readonly Receipt[]>
  read(id: string): Promise<Receipt | undefined>
  /** Whether the process that wrote a `started` receipt is certainly gone. */
  abandoned(receipt: Receipt): Promise<boolean>
}
