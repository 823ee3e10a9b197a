import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipt } from '../../domain/receipt.js'
import type { Host } from '../../ports/host.js'
import type { Receipts } from '../../ports/receipts.js'
import { writeDurably } from '../shelf/durable.js'
import { isGone, processIdentity, type ProcessIdentity } from './processIdentity.js'
import { stateFailure } from './stateFailure.js'

type Stored = Receipt & { readonly process?: ProcessIdentity }

/** Receipts as JSON files, one each, written whole or not at all. */
export function fileReceipts(stateFolder: string, host: Host): Receipts {
  const folder = join(stateFolder, 'receipts')

  async function read(id: string): Promise<Stored | undefined> {
    // The id may come from the command line: it is a name, never a way to another folder.
    if (!/^[A-Za-z0-9-]+$/.test(id)) return undefined
    const text = await readFile(join(folder, `${id}.json`), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as Stored)
  }

  return {
    async save(receipt) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const stored = await read(receipt.id)
        const identity = stored?.process ?? (await processIdentity(host.pid))
        await writeDurably(
          join(folder, `${receipt.id}.json`),
          `${JSON.stringify({ ...receipt, process: identity }, undefined, 1)}\n`,
        )
      } catch (error) {
        throw stateFailure(folder, error)
      }
    },

    async list() {
      const names = await readdir(folder).catch(() => [])
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
      const found = await Promise.all(ids.map((id) => read(id)))
      return found
        .filter((receipt) => receipt !== undefined)
        .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
    },

    read,

    async abandoned(receipt) {
      if (receipt.state !== 'started' || receipt.host !== host.name) return false
      const stored = await read(receipt.id)
      return isGone(stored?.process ?? { pid: receipt.pid })
    },
  }
}
