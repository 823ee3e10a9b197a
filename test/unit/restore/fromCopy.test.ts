import { describe, expect, test } from 'vitest'
import { listCopies } from '../../../src/cli/backupEntries.js'
import { wantedFrom, wantedSource } from '../../../src/cli/wanted.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { openSource } from '../../../src/procedures/restore/source.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'
import { settings } from '../retention/scene.js'

const { signal } = new AbortController()

/** A backup and its copy; then the shelf is lost. */
async function afterTheLoss() {
  const scene = fakeWorld()
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }, { _id: 2 }])
  const place = new FakePlace()
  const world = { ...scene.world, copies: [place] }
  const request = { target: medical, compression, safety: false }
  const { result } = await carriedOut(await takeBackup.plan(request, world), world)
  const shelf = new FakeShelf()
  const open = (id?: string) => {
    const wanted = { kind: 'copy' as const, place, signal, ...(id === undefined ? {} : { id }) }
    return openSource(wanted, medical, { ...world, shelf: () => shelf })
  }
  return { world, place, shelf, id: result.id, result, open }
}

describe('a copy, where the shelf is lost', () => {
  test('is brought here, read to its end, and known by its manifest', async () => {
    const { open, shelf, id, result } = await afterTheLoss()
    const source = await open()
    expect(source).toMatchObject({ name: id, sha256: result.sha256, manifest: { id } })
    expect(source.contents.namespaces['medical_records.healthcare_data']).toMatchObject({
      documents: 2,
    })
    expect(shelf.files.size).toBe(1)
    await source.discard()
    expect(shelf.files.size).toBe(0)
    expect(await open(id)).toMatchObject({ name: id })
  })

  test('that is not what its manifest says is refused, and nothing of it stays', async () => {
    const { open, shelf, place, id } = await afterTheLoss()
    const manifest = place.manifests.get(id)
    if (manifest) place.manifests.set(id, { ...manifest, sha256: '0'.repeat(64) })
    await expect(open()).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      kind: 'integrity',
      next: ['ops backup list --from usb'],
    })
    expect(shelf.files.size).toBe(0)
  })

  test('is chosen like one on the shelf: good, whole, and no safety backup', async () => {
    const { open, place, id, shelf } = await afterTheLoss()
    const add = (name: string, changes: Parameters<typeof manifestFor>[2], present = true) => {
      const bytes = Buffer.from(name)
      place.manifests.set(name, manifestFor(name, bytes, changes))
      if (present) place.files.set(name, bytes)
    }
    add('medical-20261122T000000Z', { trust: 'damaged' })
    add('medical-20261123T000000Z', {}, false)
    add('medical-20261124T000000Z-safety', { purpose: 'safety' })
    const dataFiles = 'medical-20261125T000000Z'
    add(dataFiles, { content: 'dataFiles', file: `${dataFiles}.datafiles.tar.gz` })
    expect((await open()).name).toBe(id)
    await expect(open(dataFiles)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE', exitCode: 6 })
    place.manifests.delete(id)
    await expect(open()).rejects.toMatchObject({ code: 'NO_SOUND_BACKUP', exitCode: 12 })
    await expect(open('medical-20200101T000000Z')).rejects.toMatchObject({
      code: 'BACKUP_NOT_FOUND',
      exitCode: 10,
    })
    place.manifests.clear()
    await expect(open()).rejects.toMatchObject({ code: 'NO_BACKUP', exitCode: 10 })
    shelf.free = 10
    add(id, {})
    await expect(open()).rejects.toMatchObject({ code: 'SHELF_TOO_SMALL', exitCode: 14 })
  })

  test('is listed with its place', async () => {
    const { world, id } = await afterTheLoss()
    expect(await listCopies([medical], 'usb', settings({}), world, signal)).toMatchObject({
      backups: [{ id, present: true, path: `usb:medical/${id}.archive.gz` }],
      unreadable: [],
    })
  })

  test('is named by its id, not by a file', () => {
    const place = new FakePlace()
    const stdin = Object.assign((async function* () {})(), { isTTY: false })
    const from = (text?: string) => wantedFrom(wantedSource(text, stdin, '/srv'), place, signal)
    expect(from()).toEqual({ kind: 'copy', place, signal })
    expect(from('medical-20261121T130204Z')).toMatchObject({ id: 'medical-20261121T130204Z' })
    for (const text of ['-', './dump.gz'])
      expect(() => from(text)).toThrow(
        expect.objectContaining({ code: 'FROM_NEEDS_ID', exitCode: 2 }) as Error,
      )
  })
})
