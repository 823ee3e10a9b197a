import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Host } from '../../ports/host.js'
import type { Receipts } from '../../ports/receipts.js'
import { isMissing, makeFolder, writeDurably } from '../disk/durable.js'
import { isGone, processIdentity, type ProcessIdentity } from './processIdentity.js'
import { stateFailure } from './stateFailure.js'

type Stored = Receipt & { readonly process?: ProcessIdentity }

/** A file of the folder, read. */
type Found = { readonly receipt: Stored } | { readonly file: string; readonly reason: string }

/** Receipts as JSON files, one each, written whole or not at all. One that cannot be read stops none of the others. */
export function fileReceipts(stateFolder: string, host: Host): Receipts {
  const folder = join(stateFolder, 'receipts')

  async function look(id: string): Promise<Found | undefined> {
    // The id may come from the command line: it is a name, never a way to another folder.
    if (!/^[A-Za-z0-9-]+$/.test(id)) return undefined
    const file = join(folder, `${id}.json`)
    try {
      const parsed: unknown = JSON.parse(await readFile(file, 'utf8'))
      const receipt = receiptOf(parsed, id)
      return receipt ? { receipt } : { file, reason: 'it is no receipt' }
    } catch (error) {
      if (isMissing(error)) return undefined
      return { file, reason: error instanceof SyntaxError ? 'it is not JSON' : String(error) }
    }
  }

  async function lookAtAll(): Promise<readonly Found[]> {
    try {
      const names = await readdir(folder)
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
      return (await Promise.all(ids.map(look))).filter((found) => found !== undefined)
    } catch (error) {
      if (isMissing(error)) return []
      throw stateFailure(folder, error)
    }
  }

  /** The process of a receipt that is there already; nothing where none is, or it cannot be read. */
  async function processOf(id: string): Promise<ProcessIdentity | undefined> {
    const found = await look(id)
    return found && 'receipt' in found ? found.receipt.process : undefined
  }

  return {
    async save(receipt) {
      try {
        await makeFolder(folder)
        const identity = (await processOf(receipt.id)) ?? (await processIdentity(host.pid))
        await writeDurably(
          join(folder, `${receipt.id}.json`),
          `${JSON.stringify({ ...receipt, process: identity }, undefined, 1)}\n`,
        )
      } catch (error) {
        throw stateFailure(folder, error)
      }
    },

    async list() {
      const found = await lookAtAll()
      return found
        .flatMap((one) => ('receipt' in one ? [one.receipt] : []))
        .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
    },

    async unreadable() {
      return (await lookAtAll()).flatMap((one) => ('reason' in one ? [one] : []))
    },

    async read(id) {
      const found = await look(id)
      if (!found || 'receipt' in found) return found?.receipt
      throw new Failure(
        'failed',
        'RECEIPT_UNREADABLE',
        `the record ${found.file} cannot be read: ${found.reason}`,
        [`cat ${found.file}`],
      )
    },

    async abandoned(receipt) {
      if (receipt.state !== 'started' || receipt.host !== host.name) return false
      return isGone((await processOf(receipt.id)) ?? { pid: receipt.pid })
    },
  }
}

const texts = ['target', 'state', 'startedAt', 'host'] as const

/** What was parsed, if it is the receipt that its file's name promises. */
function receiptOf(parsed: unknown, id: string): Stored | undefined {
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const fields = parsed as Record<string, unknown>
  const whole = fields['id'] === id && texts.every((name) => typeof fields[name] === 'string')
  return whole ? (parsed as Stored) : undefined
}
