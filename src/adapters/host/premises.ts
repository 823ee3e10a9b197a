import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Premises, Space } from '../../ports/premises.js'
import { ownAddresses } from './addresses.js'
import { answers, canListen } from './tcp.js'
import { listenersOf } from './listeners.js'

/** This machine. */
export const thesePremises: Premises = {
  listeners: (port) => listenersOf(port),
  addresses: ownAddresses,
  isFree: canListen,
  answers,
  space,
  fileBytes,
}

/** Bytes of a block, as stat(2) counts them whatever the file system's own are. */
const block = 512

async function fileBytes(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).blocks * block
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM')
      return undefined
    throw error
  }
}

async function space(path: string): Promise<Space> {
  try {
    const { bavail, blocks, bfree, bsize } = await statfs(path)
    // What is kept for root is nobody else's: it counts as used.
    return { freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize }
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const above = dirname(path)
    if (!missing || above === path) throw error
    return space(above)
  }
}
