import { Elements } from '../bson/elements.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { splitNamespace } from '../oplog/command.js'
import { readOplogEntry } from '../oplog/entry.js'
import { cannotSelect } from './commands.js'
import type { RawOperation } from './rawOperation.js'
import type { NamespaceChoice } from './selection.js'
import type { ViewChange } from './viewChange.js'

/**
 * A view is a document of its database's `system.views`, with `database.view` for `_id`: a write there belongs to the
 * view, not to the collection it is in. Answers as `OplogSelector.select` does. Throws OPLOG_CANNOT_SELECT.
 */
export function selectViewWrite(
  operation: RawOperation,
  choice: NamespaceChoice,
): Buffer | undefined {
  const { raw, offset } = operation
  const { database, name, documents } = viewWrite(operation)
  if (!choice.keeps(database, name)) return undefined
  const renamed = choice.renamed(database)
  if (renamed === database) return raw

  const replacements = new Map<string, Replacement>([['ns', `${renamed}.system.views`]])
  const id = new Map([['_id', `${renamed}.${name}`]])
  for (const { field, document } of documents) {
    replacements.set(field, replaceFields(document, offset, id))
  }
  return replaceFields(raw, offset, replacements)
}

/** What such a write does to its view; undefined where the view is not wanted. Throws OPLOG_CANNOT_SELECT. */
export function viewChange(
  operation: RawOperation,
  choice: NamespaceChoice,
): ViewChange | undefined {
  const { database, name, documents } = viewWrite(operation)
  if (!choice.keeps(database, name)) return undefined
  const of = { database: choice.renamed(database), view: name }
  const kind = readOplogEntry(new Elements(operation.raw, operation.offset)).operation
  if (kind === 'd') return { kind: 'dropped', ...of }
  // A write of the whole view says on what it looks; one that does not tells differences only.
  const whole = documents.find(({ field, isWhole }) => field === 'o' && isWhole)
  if (!whole) return { kind: 'unclear', ...of }
  return { kind: 'defined', ...of, definition: Buffer.from(whole.document) }
}

function viewWrite({ raw, offset, namespace }: RawOperation) {
  const [database] = splitNamespace(namespace)
  const documents = documentsOf(raw, offset)
  const view = documents.map(({ id }) => id).find((id) => id !== undefined)
  if (view === undefined) throw cannotSelect(`a write to ${namespace} of no view`, offset)
  const [, name] = splitNamespace(view)
  return { database, name, documents }
}

/** `o` (what is written or deleted) and `o2` (what is updated), with the `_id` of those that have one. */
function documentsOf(raw: Buffer, offset: number) {
  const found: { field: string; document: Buffer; id: string | undefined; isWhole: boolean }[] = []
  const elements = new Elements(raw, offset)
  while (elements.next()) {
    const { name } = elements
    if (!elements.isDocument || (name !== 'o' && name !== 'o2')) continue
    const { document } = elements.inside()
    found.push({
      field: name,
      document,
      id: elements.inside().find('_id')?.text,
      isWhole: elements.inside().find('viewOn') !== undefined,
    })
  }
  return found
}
