import { deserialize, serialize, type Document } from 'bson'
import { readBlockHeader } from '../../src/archive/blockHeader.js'
import { largestEntry } from '../../src/archive/bson/type.js'
import { ArchiveReader } from '../../src/archive/reader.js'
import type { DumpTools, Tools } from '../../src/ports/tools.js'
import { FakeServer } from './server.js'

/** A server in memory whose mongorestore replays inserts, replacements and deletes of an archive's oplog. */
export class ReplayingServer extends FakeServer {
  /** How many archives were restored into it. */
  restores = 0

  override tools(): Tools {
    const choosing = super.tools()
    return {
      choose: async (target, work) => {
        const { tools, because } = await choosing.choose(target, work)
        const replaying: DumpTools = {
          name: tools.name,
          versions: (of) => tools.versions(of),
          dump: (of, request, signal) => tools.dump(of, request, signal),
          restore: async (of, request, source, signal) => {
            // What is carried out beside it takes effect when the base is there.
            const beside: (readonly Uint8Array[])[] = []
            const { stored } = this
            const apply = stored.apply.bind(stored)
            stored.apply = (operations) => {
              beside.push(operations)
              return Promise.resolve(operations.length)
            }
            request.onReplay?.()
            const chunks: Buffer[] = []
            for await (const chunk of source) chunks.push(Buffer.from(chunk))
            async function* again() {
              for (const chunk of chunks) yield await Promise.resolve(chunk)
            }
            const outcome = await tools.restore(of, request, again(), signal)
            stored.apply = apply
            this.restores++
            if (!request.oplogReplay) return outcome
            for (const operations of [...beside, operationsIn(chunks)]) await apply(operations)
            return outcome
          },
        }
        return { tools: replaying, because }
      },
    }
  }
}

function operationsIn(chunks: readonly Buffer[]): readonly Uint8Array[] {
  const entries: Document[] = []
  const reader = new ArchiveReader({
    alongside: {
      header: () => undefined,
      entry: () => undefined,
      preludeEnd: () => undefined,
      complete: () => false,
      block: (header, offset) => ({
        whole: readBlockHeader(header, offset).collection === 'oplog',
        largest: largestEntry,
      }),
      bytes: () => undefined,
      document: (document) => {
        entries.push(deserialize(document))
      },
      blockEnd: () => undefined,
    },
  })
  for (const chunk of chunks) reader.feed(chunk)
  reader.end()
  const open = new Map<string, readonly Document[]>()
  return entries.flatMap((entry) => operationsOf(entry, open)).map((one) => serialize(one))
}

/** What is in a transaction takes effect with its last entry. */
function operationsOf(
  entry: Document,
  open: Map<string, readonly Document[]>,
): readonly Document[] {
  if (entry['op'] !== 'c') return 'iud'.includes(String(entry['op'])) ? [entry] : []
  const { applyOps = [], partialTxn } = entry['o'] as {
    applyOps?: readonly Document[]
    partialTxn?: boolean
  }
  const id = JSON.stringify([entry['lsid'], entry['txnNumber']])
  const all = [...(open.get(id) ?? []), ...applyOps]
  open.delete(id)
  if (!partialTxn) return all
  open.set(id, all)
  return []
}
