import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listLost } from '../../domain/deletions/listLost.js'
import type { ListedBatch, PutBackLists } from '../../ports/putBackLists.js'
import { Failure } from '../../domain/failure.js'
import { open, sync, syncFolder, writeAll } from '../disk/disk.js'
import { isMissing, makeFolder } from '../disk/durable.js'
import { stateFailure } from './stateFailure.js'

/** A line of the file: a batch, or which of the batch before it were not put back. */
type Line =
  | {
      readonly database: string
      readonly collection: string
      /** `_id` in base64, SHA-256 in hexadecimal digits, and how many writes were played back to it. */
      readonly documents: readonly (readonly [id: string, sha256: string, writes?: number])[]
    }
  | { readonly not: readonly number[] }

/** Lists as files of one JSON text a line, which is synced before what it is about is done. */
export function filePutBackLists(stateFolder: string): PutBackLists {
  const folder = join(stateFolder, 'put-back')
  const pathOf = (name: string) => join(folder, `${name}.jsonl`)

  return {
    async write(name) {
      try {
        await makeFolder(folder)
        const handle = await open(pathOf(name), 'a', 0o600)
        await syncFolder(folder)
        const put = async (line: Line) => {
          try {
            await writeAll(handle, Buffer.from(`${JSON.stringify(line)}\n`))
            await sync(handle)
          } catch (error) {
            throw stateFailure(folder, error)
          }
        }
        return {
          about: ({ namespace: { database, collection }, documents }) =>
            put({
              database,
              collection,
              documents: documents.map(({ id, sha256, writes }) => {
                const name = Buffer.from(id).toString('base64')
                return writes === undefined ? [name, sha256] : [name, sha256, writes]
              }),
            }),
          butNot: (places) => put({ not: places }),
          close: () => handle.close(),
        }
      } catch (error) {
        throw stateFailure(folder, error)
      }
    },

    async *read(name) {
      let before: ListedBatch | undefined
      let isCutOff = false
      try {
        for await (const text of createInterface({ input: createReadStream(pathOf(name)) })) {
          if (isCutOff) throw listLost(name, 'is damaged')
          const line = lineOf(text)
          isCutOff = line === undefined
          if (!line) continue
          if ('not' in line) {
            if (before) yield without(before, line.not)
            before = undefined
          } else {
            if (before) yield before
            before = batchOf(line)
          }
        }
      } catch (error) {
        if (isMissing(error)) throw listLost(name, 'is not there any more')
        throw error instanceof Failure ? error : stateFailure(folder, error)
      }
      if (before) yield before
    },
  }
}

/** Nothing for a last line that a killed run, or a full disk, left half written: what it was about was not begun. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}

function batchOf({
  database,
  collection,
  documents,
}: Extract<Line, { documents: unknown }>): ListedBatch {
  return {
    namespace: { database, collection },
    documents: documents.map(([id, sha256, writes]) => ({
      ...{ id: Buffer.from(id, 'base64'), sha256 },
      ...(writes === undefined ? {} : { writes }),
    })),
  }
}

function without({ namespace, documents }: ListedBatch, places: readonly number[]): ListedBatch {
  const gone = new Set(places)
  return { namespace, documents: documents.filter((_, at) => !gone.has(at)) }
}
