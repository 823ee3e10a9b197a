import { createHash } from 'node:crypto'
import { Timestamp } from 'bson'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { inspectArchive } from '../../../src/archive/inspect.js'
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

  const write = (ns: string) => ({ op: 'i', ns, o: { _id: 1 } })
  const command = (o: object) => ({ op: 'c', ns: 'medical.$cmd', o })
  const buckets = 'medical.system.buckets'

  test.each<[string, object[], { passing: string[]; missing: string[] } | undefined]>([
    ['all that it writes to', [write('medical.notes')], undefined],
    ['a collection that it makes', [command({ create: 'a' }), write('medical.a')], of('a')],
    ['one that it drops', [write('medical.a'), command({ drop: 'a' })], of('a')],
    [
      'one that it renames to',
      [command({ renameCollection: 'medical.notes', to: 'medical.a' }), write('medical.a')],
      of('a'),
    ],
    ['one that nothing is said of', [write('medical.a')], { passing: [], missing: ['medical.a'] }],
    [
      'one that is only indexed',
      [write('medical.a'), command({ createIndexes: 'a' })],
      { passing: [], missing: ['medical.a'] },
    ],
    [
      'a collection of the name of a view',
      [write('medical.seen'), command({ drop: 'seen' })],
      of('seen'),
    ],
    ['a time-series', [write(`${buckets}.vitals`), write('medical.vitals')], undefined],
    ['stored functions', [write('medical.system.js')], of('system.js', 'missing')],
    [
      'what no archive has',
      ['config.settings', 'admin.a', 'local.a', 'medical.system.views', '__mdb_internal_a.b'].map(
        (ns) => write(ns),
      ),
      undefined,
    ],
  ])(
    'knows whether its oplog writes to what it does not have: %s',
    async (_, entries, unlisted) => {
      const documents = entries.map((one, i) => ({ ts: new Timestamp({ t: 1, i: i + 1 }), ...one }))
      const bytes = archive([
        { db: 'medical', collection: 'notes' },
        {
          db: 'medical',
          collection: 'seen',
          type: 'view',
          metadata: '{"options":{"viewOn":"notes"}}',
        },
        { db: 'medical', collection: 'vitals', type: 'timeseries' },
        { db: '', collection: 'oplog', metadata: '', type: '', documents },
      ])
      const { contents } = await inspectArchive(streamed([bytes]))
      expect(contents.oplog?.unlisted).toEqual(unlisted)
    },
  )
})

function of(collection: string, kind: 'passing' | 'missing' = 'passing') {
  return { passing: [], missing: [], [kind]: [`medical.${collection}`] }
}
