import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import {
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogOf } from '../../../src/adapters/shelf/catalog.js'
import { layout } from '../../../src/adapters/shelf/layout.js'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import { briefOf } from '../../../src/domain/backupBrief.js'
import { fillShelf } from '../../support/filledShelf.js'

let root = ''
let folder = ''
let ids: readonly string[] = []
/** Late enough that every manifest counts as settled. */
const later = () => Date.now() + 60_000

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ops-catalog-'))
  folder = join(root, 'medical')
  ids = await fillShelf(folder, 220)
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const indexed = () => catalogOf(layout(root, 'medical'), later())
const index = () => join(folder, '.catalog.json')

/** What the shelf answers must be what its manifests say, whatever the index holds. */
async function expectTrue(): Promise<void> {
  const entries = (await folderShelf(root, 'medical').list()).map((entry) => {
    const file = statSync(entry.path, { throwIfNoEntry: false })
    const written = file ? { writtenAt: file.mtime.toISOString() } : {}
    return { ...entry, manifest: briefOf(entry.manifest), ...written }
  })
  expect((await indexed()).entries).toEqual(entries)
}

async function change(id: string, from: string, to: string): Promise<void> {
  const path = join(folder, `${id}.json`)
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to))
}

describe('the index of a shelf', () => {
  test('is written once and then answers the same', async () => {
    await expectTrue()
    const before = await readFile(index(), 'utf8')
    await expectTrue()
    expect(await readFile(index(), 'utf8')).toBe(before)
  })

  test('is really read: what it says of an unchanged manifest is what is answered', async () => {
    await indexed()
    // Written anew with a head that fits, as nobody but ops would: the answer shows where it comes from.
    const [, body = ''] = (await readFile(index(), 'utf8')).split('\n')
    const other = body.replace('"db01"', '"db99"')
    const digest = createHash('sha256').update(other).digest('hex')
    await writeFile(index(), `ops catalog 1 ${digest}\n${other}`)
    const hosts = (await indexed()).entries.map(({ manifest }) => manifest.host)
    expect(hosts.filter((host) => host === 'db99')).toHaveLength(1)
  })

  test('is not believed of a manifest that was changed, in place with the same size and the same time', async () => {
    await indexed()
    const [id = ''] = ids
    const long = new Date('2026-01-01T00:00:00Z')
    await change(id, '"sound"', '"soun_"')
    await utimes(join(folder, `${id}.json`), long, long)
    const { entries, unreadable } = await indexed()
    expect(entries).toHaveLength(219)
    expect(unreadable.map(({ reason }) => reason)).toEqual(['it has no trust'])
  })

  test('is not believed of manifests that were judged, exchanged, added or removed', async () => {
    await indexed()
    const [first = '', second = '', third = ''] = ids
    await folderShelf(root, 'medical').judge(first, 'damaged', new Date(), 'byte 7 is wrong')
    await expectTrue()
    await rm(join(folder, `${second}.json`))
    await expectTrue()
    await rename(join(folder, `${third}.json`), join(folder, `${second}.json`))
    await expectTrue()
    await fillShelf(folder, 3, { newest: Date.now() + 7_200_000 })
    await expectTrue()
  })

  test('says nothing of files: one that is gone or cut off is seen at once', async () => {
    await indexed()
    await truncate(join(folder, `${ids[0] ?? ''}.archive.gz`), 1)
    await rm(join(folder, `${ids[1] ?? ''}.archive.gz`))
    const { entries } = await indexed()
    expect(entries.filter(({ present }) => !present).map(({ manifest }) => manifest.id)).toEqual(
      ids.slice(0, 2),
    )
    const written = entries.slice(0, 3).map(({ writtenAt }) => Date.parse(writtenAt ?? ''))
    expect(Date.now() - (written[0] ?? 0)).toBeLessThan(60_000)
    expect(written[1]).toBeNaN()
  })

  test.each([
    ['lost', () => rm(index())],
    ['cut off', () => truncate(index(), 5_000)],
    ['empty', () => writeFile(index(), '')],
    [
      'changed in one letter',
      async () =>
        writeFile(index(), (await readFile(index(), 'utf8')).replace('"sound"', '"soumd"')),
    ],
    ['of another version', () => writeFile(index(), 'ops catalog 2 abc\n[]')],
    ['half written by a killed run', () => rename(index(), `${index()}.1.partial`)],
  ])('that is %s costs time and nothing else', async (_, damage) => {
    await indexed()
    await damage()
    await expectTrue()
    await expectTrue()
  })

  test('takes no manifest in that has only just changed', async () => {
    await catalogOf(layout(root, 'medical'), Date.now())
    await expectTrue()
    const head = (await readFile(index(), 'utf8')).split('\n')[0]
    expect(head).toMatch(/^ops catalog 1 [0-9a-f]{64}$/)
  })

  test('is not made for a small shelf', async () => {
    const small = await mkdtemp(join(tmpdir(), 'ops-small-'))
    await fillShelf(join(small, 'medical'), 3)
    await catalogOf(layout(small, 'medical'), later())
    expect(await readdir(join(small, 'medical'))).not.toContain('.catalog.json')
    await rm(small, { recursive: true })
  })
})
