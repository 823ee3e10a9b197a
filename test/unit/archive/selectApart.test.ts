import { expect, describe, test } from 'vitest'
import { selectNamespaces } from '../../../src/archive/select.js'
import { archive, type Namespace } from './archiveBuilder.js'
import { collect, read, streamed } from './feeding.js'

const namespaces: readonly Namespace[] = [
  { db: 'medical', collection: 'patients', documents: [{ _id: 1 }] },
  { db: 'medical', collection: 'notes', documents: [{ _id: 1 }] },
]

describe('indexes that are built apart', () => {
  const plain = (name: string) =>
    `{"v":{"$numberInt":"2"},"key":{"${name}":{"$numberInt":"1"}},"name":"${name}"}`
  const described = (...names: string[]) =>
    archive([
      {
        db: 'medical',
        collection: 'patients',
        documents: [{ _id: 1 }],
        metadata: `{"options":{},"indexes":[${names.map(plain).join()}]}`,
      },
    ])

  test('are left out of the part, and told of under the name that the database has there', async () => {
    const told: string[] = []
    const selected = await collect(
      selectNamespaces(streamed([described('_id_', 'name', 'age')]), {
        keep: () => true,
        rename: [{ from: 'medical', to: 'copy' }],
        indexesApart: {
          leaveOut: (namespace, index) => namespace === 'medical.patients' && index !== '_id_',
          onLeftOut: (database, collection, indexes) => {
            told.push(`${database}.${collection} ${indexes.map(({ name }) => name).join()}`)
          },
        },
      }),
    )
    const { namespaces: found } = read(selected)
    expect(found['copy.patients']?.indexes.map(({ name }) => name)).toEqual(['_id_'])
    expect(told).toEqual(['copy.patients name,age'])
  })
})

describe('checksums of an archive', () => {
  const damaged = () => {
    const bytes = Buffer.from(archive(namespaces))
    const at = bytes.lastIndexOf(Buffer.from('_id\0')) + 4
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return streamed([bytes])
  }

  test('are compared while a part is cut out of it', async () => {
    const selected = collect(selectNamespaces(damaged(), { keep: () => true }))
    await expect(selected).rejects.toMatchObject({ code: 'ARCHIVE_CRC_MISMATCH' })
  })

  test('are left to whoever reads the part where the bytes are known to be those that were checked before', async () => {
    const selected = await collect(
      selectNamespaces(damaged(), { keep: () => true }, { proven: true }),
    )
    expect(() => read(selected)).toThrow(expect.objectContaining({ code: 'ARCHIVE_CRC_MISMATCH' }))
  })
})
