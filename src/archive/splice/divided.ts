import { DocumentWriter } from '../bson/documentWriter.js'
import { Elements } from '../bson/elements.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { largestDocument } from '../bson/type.js'

/** What an entry needs besides its operations. A server allows 16 KiB (`BSONObjMaxInternalSize`). */
const besides = 16 * 1024

/**
 * The entry `raw` with `operations` in place of those of its `applyOps`, as one entry or, where that is larger than
 * mongorestore takes out of an archive, as several. Servers fill entries of transactions up to 16 MiB of operations and
 * add what else they need, so that every long transaction has such entries. The parts are of the same transaction, all
 * but the last one marked to be followed by more: mongorestore puts the operations of all parts in a row.
 */
export function withOperations(
  raw: Buffer,
  offset: number,
  operations: readonly Buffer[],
  isTransaction: boolean,
): Buffer[] {
  const rows = rowsOf(operations)
  return rows.map((row, at) => {
    const writer = new DocumentWriter()
    row.forEach((operation, index) => writer.document(String(index), operation))
    const list = writer.finish()
    const last = at === rows.length - 1
    const command = last ? replacedCommand(raw, offset, list) : partOf(list, isTransaction)
    return replaceFields(raw, offset, new Map<string, Replacement>([['o', command]]))
  })
}

/** `count` says how many operations the whole transaction has; mongorestore does not read it. */
function replacedCommand(raw: Buffer, offset: number, list: Buffer): Buffer {
  const object = new Elements(raw, offset).find('o')?.inside()
  const replacements = new Map<string, Replacement>([
    ['applyOps', list],
    ['count', undefined],
  ])
  return replaceFields(object?.document ?? list, offset, replacements)
}

function partOf(list: Buffer, isTransaction: boolean): Buffer {
  const command = new DocumentWriter().document('applyOps', list, 0x04)
  if (isTransaction) command.boolean('partialTxn', true)
  return command.finish()
}

function rowsOf(operations: readonly Buffer[]): Buffer[][] {
  const rows: Buffer[][] = [[]]
  let bytes = 0
  for (const operation of operations) {
    const needed = operation.length + 8
    if (bytes > 0 && bytes + needed > largestDocument - besides) {
      rows.push([])
      bytes = 0
    }
    rows.at(-1)?.push(operation)
    bytes += needed
  }
  return rows
}
