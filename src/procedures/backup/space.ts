import { Failure } from '../../domain/failure.js'

/** Room left free on a shelf after a backup: a full disk breaks more than the backup. */
export const reserve = 64 * 1024 * 1024

/** What is known before a dump about how much it will take. */
export interface SizeHints {
  /** BSON bytes of the databases (dbStats). */
  readonly dataBytes: number
  /** File and raw bytes of the last backup of the same target, where there is one. */
  readonly last?: { readonly bytes: number; readonly rawBytes: number }
}

/**
 * Bytes the file will probably have: the data at the last backup's ratio and a quarter more, or half the data where there
 * is none (gzip does better than that on documents, and a dump that runs out of disk is worse than one refused).
 */
export function expectedBytes({ dataBytes, last }: SizeHints): number {
  if (last && last.rawBytes > 0) return Math.ceil(dataBytes * (last.bytes / last.rawBytes) * 1.25)
  return Math.ceil(dataBytes * 0.5)
}

/** Throws `SHELF_TOO_SMALL` (space) when the file and the reserve would not fit; nothing was written then. */
export function requireSpace(freeBytes: number, fileBytes: number, folder: string): void {
  const needed = fileBytes + reserve
  if (freeBytes >= needed) return
  throw new Failure(
    'space',
    'SHELF_TOO_SMALL',
    `${folder} has ${megabytes(freeBytes)} MB free, the backup takes about ${megabytes(fileBytes)} MB, and ${megabytes(reserve)} MB are to stay free beside it (a full disk breaks more than a backup): about ${megabytes(needed)} MB together`,
    ['df -h', 'ops backup list'],
    { facts: { freeBytes, neededBytes: needed, fileBytes, reserveBytes: reserve } },
  )
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString()
}
