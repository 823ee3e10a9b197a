import { Elements } from './bson/elements.js'
import { deepestNesting, readCommand } from './oplog/command.js'

/**
 * Tells of each document that an entry of the oplog inserts, changes or removes, those inside transactions included:
 * `database.collection` (of a time-series: of its buckets) and the element `_id`, raw. Commands on whole collections are
 * not told. Throws ARCHIVE_CORRUPT.
 */
export function touchedIds(
  entry: Buffer,
  tell: (namespace: string, id: Buffer) => void,
  depth = 0,
): void {
  const elements = new Elements(entry, 0)
  let operation = ''
  let namespace = ''
  let object: Elements | undefined
  let which: Elements | undefined
  while (elements.next()) {
    if (elements.name === 'op') operation = elements.text ?? ''
    if (elements.name === 'ns') namespace = elements.text ?? ''
    if (elements.name === 'o' && elements.isDocument) object = elements.inside()
    if (elements.name === 'o2' && elements.isDocument) which = elements.inside()
  }
  if (operation === 'c' && object) {
    inside(namespace, object, tell, depth)
    return
  }
  const id = (operation === 'u' ? which : object)?.find('_id')
  if (id) tell(namespace, id.raw)
}

function inside(
  namespace: string,
  object: Elements,
  tell: (namespace: string, id: Buffer) => void,
  depth: number,
): void {
  if (readCommand(namespace, object)?.name !== 'applyOps' || depth >= deepestNesting) return
  const operations = object.inside()
  while (operations.next()) {
    if (operations.isDocument) touchedIds(operations.inside().document, tell, depth + 1)
  }
}
