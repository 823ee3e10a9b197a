import { plainArchive } from '../../../src/domain/backupFile.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import type { Shelf } from '../../../src/ports/shelf.js'
import { manifestFor } from '../../fakes/manifest.js'
import { FakeShelf } from '../../fakes/shelf.js'

const at = new Date('2026-11-21T13:02:04.000Z')
const bytes = Buffer.from('an archive, as far as a shelf is concerned')
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function realShelf(): Promise<Shelf> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-shelf-'))
  folders.push(folder)
  return folderShelf(folder, 'medical')
}

async function put(shelf: Shelf, when = at, safety = false): Promise<string> {
  await shelf.prepare()
  const draft = await shelf.draft(when, safety, plainArchive)
  await draft.write(bytes.subarray(0, 10))
  await draft.write(bytes.subarray(10))
  await draft.publish(
    manifestFor(draft.id, bytes, {
      takenAt: when.toISOString(),
      purpose: safety ? 'safety' : 'backup',
    }),
  )
  return draft.id
}

async function readAll(shelf: Shelf, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of shelf.read(path)) parts.push(chunk)
  return Buffer.concat(parts)
}

describe.each([
  ['in memory', () => Promise.resolve<Shelf>(new FakeShelf())],
  ['in a folder', realShelf],
])('a shelf %s', (_name, make) => {
  test('gives back what was put on it', async () => {
    const shelf = await make()
    const id = await put(shelf)
    const [entry] = await shelf.list()
    expect(entry).toMatchObject({ present: true, manifest: { id, bytes: bytes.length } })
    expect(await readAll(shelf, entry?.path ?? '')).toEqual(bytes)
  })

  test('is empty before anything is put on it', async () => {
    expect(await (await make()).list()).toEqual([])
  })

  test('lists the newest first', async () => {
    const shelf = await make()
    const first = await put(shelf)
    const second = await put(shelf, new Date(at.getTime() + 3_600_000))
    expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([second, first])
  })

  test('names two of the same second apart', async () => {
    const shelf = await make()
    const first = await put(shelf)
    expect(await put(shelf)).toBe(`${first}-1`)
  })

  test('does not list a draft that was discarded, nor one that was quarantined', async () => {
    const shelf = await make()
    await shelf.prepare()
    const draft = await shelf.draft(at, false, plainArchive)
    await draft.write(bytes)
    await draft.discard()
    const bad = await shelf.draft(at, false, plainArchive)
    await bad.write(bytes)
    const kept = await bad.quarantine()
    expect(kept).toContain('.quarantine')
    expect(await shelf.list()).toEqual([])
  })

  test('keeps a judgement', async () => {
    const shelf = await make()
    const id = await put(shelf)
    await shelf.judge(id, 'damaged', at, 'byte 7 is wrong')
    expect((await shelf.list())[0]?.manifest).toMatchObject({
      trust: 'damaged',
      judgement: 'byte 7 is wrong',
    })
  })

  test('writes what was learned later into the manifest, and nothing else', async () => {
    const shelf = await make()
    const id = await put(shelf)
    const before = (await shelf.list())[0]?.manifest
    const copies = [{ to: 'usb', state: 'ok' as const, at: at.toISOString() }]
    await shelf.annotate(id, { copies })
    expect((await shelf.list())[0]?.manifest).toEqual({ ...before, copies })
  })

  test('names the file after what is in it, and lists it', async () => {
    const shelf = await make()
    await shelf.prepare()
    const draft = await shelf.draft(at, false, { content: 'archive', encrypted: true })
    expect(draft.file).toBe(`${draft.id}.archive.gz.age`)
    await draft.write(bytes)
    await draft.publish(
      manifestFor(draft.id, bytes, { file: draft.file, encrypted: true, recipients: ['age1…'] }),
    )
    expect(await shelf.list()).toMatchObject([
      { path: `${shelf.folder}/${draft.file}`, present: true },
    ])
  })

  test('lays small files beside the backups and above them, the newest of a name, and lists none', async () => {
    const shelf = await make()
    const id = await put(shelf)
    await shelf.lay(`${id}.kit.tar`, Buffer.from('old'))
    await shelf.lay(`${id}.kit.tar`, Buffer.from('new'))
    await shelf.layAbove('RESTORE.md', Buffer.from('how'))
    expect((await readAll(shelf, `${shelf.folder}/${id}.kit.tar`)).toString()).toBe('new')
    expect((await readAll(shelf, `${shelf.folder}/../RESTORE.md`)).toString()).toBe('how')
    expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([id])
    expect(await shelf.unreadable()).toEqual([])
    expect(await shelf.sweep()).toEqual([])
  })

  test('says that there is no such file', async () => {
    const shelf = await make()
    await expect(readAll(shelf, `${shelf.folder}/nothing`)).rejects.toMatchObject({
      code: 'BACKUP_NOT_FOUND',
      exitCode: 10,
    })
  })

  test('puts a stream down and lets go of it', async () => {
    const shelf = await make()
    async function* stream() {
      yield await Promise.resolve(bytes)
    }
    const spooled = await shelf.spool(stream())
    expect(await readAll(shelf, spooled.path)).toEqual(bytes)
    await spooled.discard()
    await expect(readAll(shelf, spooled.path)).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
  })

  describe('with a trash', () => {
    const removal = { at: new Date('2026-11-21T14:00:00.000Z'), command: 'backup prune' }

    test('moves backups there, and brings them back as they were', async () => {
      const shelf = await make()
      const id = await put(shelf)
      const stays = await put(shelf, new Date(at.getTime() + 3_600_000))
      const before = await shelf.list()
      await shelf.remove([id], removal)
      expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([stays])
      expect(await shelf.trash()).toEqual([
        { id, bytes: bytes.length, content: 'archive', removedAt: removal.at.toISOString() },
      ])
      expect(await shelf.bringBack([id, 'medical-20200101T000000Z'])).toEqual([id])
      expect(await shelf.list()).toEqual(before)
      expect(await shelf.trash()).toEqual([])
    })

    test('erases what is there for good, and nothing else', async () => {
      const shelf = await make()
      const id = await put(shelf)
      const stays = await put(shelf, new Date(at.getTime() + 3_600_000))
      await shelf.remove([id], removal)
      await shelf.erase([id, stays])
      expect(await shelf.trash()).toEqual([])
      expect(await shelf.bringBack([id])).toEqual([])
      expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([stays])
    })

    test('moves nothing where one of those named is not there', async () => {
      const shelf = await make()
      const id = await put(shelf)
      await expect(shelf.remove([id, 'medical-20200101T000000Z'], removal)).rejects.toMatchObject({
        code: 'BACKUP_NOT_FOUND',
        exitCode: 10,
      })
      expect(await shelf.list()).toHaveLength(1)
    })

    test('gives no new backup the name of one in the trash', async () => {
      const shelf = await make()
      const id = await put(shelf)
      await shelf.remove([id], removal)
      expect(await put(shelf)).toBe(`${id}-1`)
    })
  })
})
