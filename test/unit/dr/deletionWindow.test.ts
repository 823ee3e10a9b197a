import { serialize, Timestamp } from 'bson'
import { expect, test } from 'vitest'
import type { Deletion } from '../../../src/domain/deletions/deletion.js'
import type { Documents } from '../../../src/ports/documents.js'
import type { DeletionSource } from '../../../src/procedures/dr/deletionSources.js'
import { followDeletion } from '../../../src/procedures/dr/deletionWindow.js'
import { failureIn, streamed } from '../archive/feeding.js'

test('a write of somebody else that cannot be followed byte for byte is refused, not followed in other bytes', async () => {
  const at = { seconds: 100, ordinal: 1 }
  const name = 'clinic.patients'
  const namespace = { database: 'clinic', collection: 'patients' }
  const deletion: Deletion = {
    id: `delete:100:1:${name}`,
    kind: 'delete',
    namespace: name,
    first: at,
    last: { seconds: 100, ordinal: 2 },
    readFrom: at,
    documents: 1,
    collections: [],
    isTransaction: false,
  }
  const definition = { type: 'collection' as const, options: serialize({}), indexes: [] }
  const source: DeletionSource = { name, definition, from: namespace, to: namespace }
  const entry = { ts: new Timestamp({ t: 100, i: 1 }), op: 'i', ns: name, o: { _id: 7 } }
  const scratch = { apply: () => Promise.resolve(0) } as unknown as Documents
  const following = followDeletion(deletion, [source], streamed([serialize(entry)]), scratch)
  expect(await failureIn(following)).toMatchObject({ kind: 'refused', code: 'OPLOG_INEXACT' })
})
