import { chown, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requireOwn } from '../../../src/adapters/shelf/ownFolder.js'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import { plainArchive } from '../../../src/domain/backupFile.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import { manifestFor } from '../../fakes/manifest.js'

const bytes = Buffer.from('an archive')
let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ops-order-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function put(takenAt: string, changes: Partial<Manifest> = {}): Promise<string> {
  const shelf = folderShelf(root, 'medical')
  await shelf.prepare()
  const draft = await shelf.draft(new Date(takenAt), changes.purpose === 'safety', plainArchive)
  await draft.write(bytes)
  await draft.publish(manifestFor(draft.id, bytes, { takenAt, ...changes }))
  return draft.id
}

/** As a version of ops wrote it that knew no sequence. */
async function withoutSequence(id: string): Promise<void> {
  const path = join(root, 'medical', `${id}.json`)
  const { sequence, ...rest } = JSON.parse(await readFile(path, 'utf8')) as Manifest
  expect(sequence).toBeDefined()
  await writeFile(path, JSON.stringify(rest))
}

const listed = async () =>
  (await folderShelf(root, 'medical').list()).map(({ manifest }) => manifest.id)
const latest = () => readlink(join(root, 'medical', 'latest.archive.gz'))

describe('the order of a shelf', () => {
  test('is that in which backups were put there, though the clock was set back', async () => {
    const first = await put('2026-11-21T13:00:00.000Z')
    const second = await put('2026-11-21T11:00:00.000Z')
    const third = await put('2026-11-21T12:00:00.000Z')
    expect(await listed()).toEqual([third, second, first])
    expect(await latest()).toBe(`${third}.archive.gz`)
    const safety = await put('2026-11-21T12:30:00.000Z', { purpose: 'safety' })
    expect((await listed())[0]).toBe(safety)
    expect(await latest()).toBe(`${third}.archive.gz`)
  })

  test('puts older manifests, which have no sequence, between by their time', async () => {
    const old = await put('2026-11-20T13:00:00.000Z')
    const older = await put('2026-11-19T13:00:00.000Z')
    await withoutSequence(old)
    await withoutSequence(older)
    const now = await put('2026-11-21T13:00:00.000Z')
    const later = await put('2026-11-21T14:00:00.000Z')
    expect(await listed()).toEqual([later, now, old, older])
    expect(await latest()).toBe(`${later}.archive.gz`)
  })
})

test('a backup that is gone when its manifest is written is none', async () => {
  const shelf = folderShelf(root, 'medical')
  await shelf.prepare()
  const draft = await shelf.draft(new Date('2026-11-21T13:00:00.000Z'), false, plainArchive)
  await draft.write(bytes)
  const manifest = manifestFor(draft.id, bytes, { bytes: bytes.length + 1 })
  await expect(draft.publish(manifest)).rejects.toMatchObject({
    code: 'BACKUP_CHANGED',
    kind: 'integrity',
  })
})

describe.runIf(process.getuid?.() === 0)('a shelf of another user', () => {
  beforeEach(async () => {
    await mkdir(join(root, 'medical'), { mode: 0o700 })
    await chown(join(root, 'medical'), 12_345, 12_345)
  })

  test('may be used by root, which an operator with Docker is anyway', async () => {
    await expect(folderShelf(root, 'medical').prepare()).resolves.toBeUndefined()
  })

  test('is none of anybody else', async () => {
    await expect(requireOwn(join(root, 'medical'), 54_321)).rejects.toMatchObject({
      code: 'SHELF_EXPOSED',
      kind: 'refused',
    })
  })
})
