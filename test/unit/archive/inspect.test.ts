import { createHash } from 'node:crypto'
import { Timestamp, type Document } from 'bson'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { inspectArchive } from '../../../src/archive/inspect.js'
import { unlistedNamespaces } from '../../../src/domain/oplog/unlisted.js'
import { archive } from './archiveBuilder.js'
import { failureIn, fixture, randomly, read, seeded, streamed } from './feeding.js'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('inspecting an archive file', () => {
  test.each([
    ['plain.archive', false],
    ['plain.archive.gz', true],
  ])('%s says what it holds and what it is', async (name, gzipped) => {
    const bytes = fixture(name)
    for (const longest of [1, 300, 100_000]) {
      const parts = randomly(bytes, seeded(longest), longest)
      const inspection = await inspectArchive(streamed(parts), { deep: true })
      expect(inspection).toMatchObject({ gzipped, sha256: sha256(bytes), fileBytes: bytes.length })
      expect(inspection.contents.namespaces['medical_records.patients']?.documents).toBe(40)
    }
  })

  test('gives the same contents gzip’d and not', async () => {
    const bytes = fixture('oplog.archive')
    const { contents } = await inspectArchive(streamed([gzipSync(bytes)]))
    expect(contents).toEqual(read(bytes))
  })

  test('shows the raw archive to whoever looks along', async () => {
    const bytes = fixture('plain.archive')
    const seen: Uint8Array[] = []
    await inspectArchive(streamed([gzipSync(bytes)]), {
      onRaw: async (chunk) => {
        await Promise.resolve()
        seen.push(Buffer.from(chunk))
      },
    })
    expect(Buffer.concat(seen).equals(bytes)).toBe(true)
  })

  test.each<[string, Buffer, string]>([
    ['of no bytes', Buffer.alloc(0), 'ARCHIVE_EMPTY'],
    ['of one byte', Buffer.from([0x1f]), 'ARCHIVE_NOT_AN_ARCHIVE'],
    ['that is a zip file', Buffer.from('PK\x03\x04 and more'), 'ARCHIVE_NOT_AN_ARCHIVE'],
    ['of 20 bytes of gzip’d nothing', gzipSync(''), 'ARCHIVE_EMPTY'],
    ['of gzip’d text', gzipSync('Failed: authentication'), 'ARCHIVE_NOT_AN_ARCHIVE'],
    [
      'of gzip’d archive and something else',
      Buffer.concat([fixture('plain.archive.gz'), Buffer.alloc(1)]),
      'GZIP_TRAILING_GARBAGE',
    ],
    ['gzip’d twice', gzipSync(fixture('plain.archive.gz')), 'ARCHIVE_NOT_AN_ARCHIVE'],
    ['cut short', fixture('plain.archive.gz').subarray(0, -4096), 'GZIP_TRUNCATED'],
    [
      'of two archives',
      Buffer.concat([fixture('plain.archive.gz'), fixture('plain.archive.gz')]),
      'ARCHIVE_TRAILING_GARBAGE',
    ],
  ])('refuses a file %s', async (_, bytes, code) => {
    expect(await failureIn(inspectArchive(streamed([bytes])))).toMatchObject({
      kind: 'integrity',
      code,
    })
  })

  test('calls it corrupt where its oplog writes to what it does not have, as mongorestore would stop there', async () => {
    const write = { op: 'i', ns: 'medical.gone', o: { _id: 1 }, ts: new Timestamp({ t: 1, i: 1 }) }
    const drop = { ...write, op: 'c', ns: 'medical.$cmd', o: { drop: 'gone' } }
    const holding = (...documents: Document[]) =>
      archive([
        { db: 'medical', collection: 'notes' },
        { db: '', collection: 'oplog', metadata: '', type: '', documents },
      ])
    const failure = await failureIn(inspectArchive(streamed([holding(write)])))
    expect(failure).toMatchObject({ code: 'ARCHIVE_CORRUPT', facts: { missing: ['medical.gone'] } })
    const { contents } = await inspectArchive(streamed([holding(write, drop)]))
    expect(unlistedNamespaces(contents)).toEqual({ passing: ['medical.gone'], missing: [] })
  })
})
