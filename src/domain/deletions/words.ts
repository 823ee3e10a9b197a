import type { Deletion } from './deletion.js'

/** What was done, in words. */
export function deletionWords({
  kind,
  namespace,
  documents,
  collections,
  isTransaction,
}: Deletion): string {
  const count = `${documents.toString()} ${documents === 1 ? 'document' : 'documents'}`
  const together = isTransaction ? ' in one transaction' : ''
  switch (kind) {
    case 'delete':
      return `${count} deleted from ${namespace}${together}`
    case 'update':
      return `${count} of ${namespace} changed${together}`
    case 'drop':
      return `${namespace} dropped (${count})`
    case 'replace':
      return `${namespace} replaced by another collection`
    case 'dropDatabase':
      return `database ${namespace} dropped (${collections.length.toString()} collections, ${count})`
  }
}
