import { Elements } from '../bson/elements.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { splitNamespace } from '../oplog/command.js'
import { cannotSelect } from './commands.js'
import type { RawOperation } from './rawOperation.js'
import type { NamespaceChoice } from './selection.js'

/**
 * A view is a document of its database's `system.views`, with `database.view` for `_id`: a write there belongs to the
 * view, not to the collection it is in. Answers as `OplogSelector.select` does. Throws OPLOG_CANNOT_SELECT.
 */
export function selectViewWrite(
  { raw, offset, namespace }: RawOperation,
  choice: NamespaceChoice,
): Buffer | undefined {
  const [database] = splitNamespace(namespace)
  const documents = documentsOf(raw, offset)
  const view = documents.map(({ id }) => id).find((id) => id !== undefined)
  if (view === undefined) throw cannotSelect(`a write to ${namespace} of no view`, offset)
  const [, name] = splitNamespace(view)
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

/** `o` (what is written or deleted) and `o2` (what is updated), with the `_id` of those that have one. */
function documentsOf(raw: Buffer, offset: number) {
  const found: { field: string; document: Buffer; id: string | undefined }[] = []
  const elements = new Elements(raw, offset)
  while (elements.next()) {
    const { name } = elements
    if (!elements.isDocument || (name !== 'o' && name !== 'o2')) continue
    const inside = elements.inside()
    found.push({ field: name, document: inside.document, id: inside.find('_id')?.text })
  }
  return found
}
