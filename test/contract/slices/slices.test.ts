import { chmod, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderSlices } from '../../../src/adapters/slices/slices.js'
import type { GapMarker } from '../../../src/domain/oplog/gap.js'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'
import type { Slices } from '../../../src/ports/slices.js'
import { FakeSlices } from '../../fakes/slices.js'
import { at, bytes, manifestOf, point } from './sliceManifest.js'

async function put(slices: Slices, manifest: SliceManifest): Promise<void> {
  const draft = await slices.draft(manifest.timeline)
  await draft.write(bytes.subarray(0, 4))
  await draft.write(bytes.subarray(4))
  await draft.publish(manifest).finally(() => draft.discard())
}

const gap: GapMarker = {
  version: 1,
  target: 'medical',
  timeline: 1,
  after: point(2),
  reason: 'overflow',
  at: '2026-11-21T13:02:04.000Z',
}
const anchor = {
  version: 1 as const,
  base: 'medical-20261121T130204Z',
  timeline: 1,
  last: point(0),
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-slices-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const kinds = [
  ['a folder', () => folderSlices(folder, 'medical')],
  ['the fake', () => new FakeSlices()],
] as const

describe.each(kinds)('slices in %s', (_name, open) => {
  test('none are there at first', async () => {
    const slices = open()
    expect(await slices.state()).toEqual({ timeline: 0, ended: false, anchors: [] })
    expect(await slices.prepare()).toEqual([])
    expect(await slices.holdings()).toEqual({ slices: [], anchors: [], gaps: [], unreadable: [] })
  })

  test('one is there once it was published, and gives its bytes back', async () => {
    const slices = open()
    await slices.prepare()
    const draft = await slices.draft(1)
    await draft.write(bytes)
    expect((await slices.holdings()).slices).toEqual([])
    await draft.publish(manifestOf(0, 1))
    await draft.discard()
    expect((await slices.holdings()).slices).toEqual([
      { manifest: manifestOf(0, 1), present: true },
    ])
    const parts: Uint8Array[] = []
    for await (const part of slices.read(manifestOf(0, 1))) parts.push(part)
    expect(Buffer.concat(parts)).toEqual(bytes)
  })

  test('one that was given up is nowhere', async () => {
    const slices = open()
    await slices.prepare()
    const draft = await slices.draft(1)
    await draft.write(bytes)
    await draft.discard()
    expect((await slices.holdings()).slices).toEqual([])
    expect(await slices.prepare()).toEqual([])
  })

  test('the state tells the ends of the newest timeline, whatever the order of publishing', async () => {
    const slices = open()
    await slices.prepare()
    await put(slices, manifestOf(1, 2))
    await put(slices, manifestOf(0, 1))
    await slices.anchor(anchor)
    expect(await slices.state()).toEqual({
      timeline: 1,
      first: at(0),
      tail: manifestOf(1, 2),
      ended: false,
      anchors: [anchor],
    })
    await slices.mark(gap)
    expect(await slices.state()).toMatchObject({ timeline: 1, ended: true })
    // A clock that was set back: the newer timeline has the earlier times.
    await put(slices, manifestOf(-9, -8, 2))
    expect(await slices.state()).toMatchObject({ timeline: 2, tail: { timeline: 2 }, ended: false })
    expect((await slices.holdings()).gaps).toEqual([gap])
  })

  test('one that something is wrong with counts as absent, until it is replaced or found sound', async () => {
    const slices = open()
    await slices.prepare()
    const manifest = manifestOf(0, 1)
    await put(slices, manifest)
    const damage = { at: '2026-11-21T13:02:04.000Z', because: 'its SHA-256 is another one' }
    const held = async () => (await slices.holdings()).slices
    await slices.judge(manifest.id, damage)
    expect(await held()).toMatchObject([{ present: false, damage }])
    expect((await slices.state()).tail).toEqual(manifest)
    await slices.remove([manifest.id], { at: new Date(), command: 'backup prune' })
    expect((await slices.trash()).map(({ id }) => id)).toEqual([manifest.id])
    await slices.bringBack([manifest.id])
    expect(await held()).toMatchObject([{ present: false, damage }])
    await slices.judge(manifest.id, undefined)
    expect(await held()).toEqual([{ manifest, present: true }])

    await slices.judge(manifest.id, damage)
    async function* stream(content: Buffer) {
      yield await Promise.resolve(content)
    }
    await expect(slices.replace(manifest, stream(Buffer.from('others')))).rejects.toMatchObject({
      code: 'SLICE_DAMAGED',
      kind: 'integrity',
    })
    expect(await held()).toMatchObject([{ present: false, damage }])
    expect(await slices.prepare()).toEqual([])
    await slices.replace(manifest, stream(bytes))
    expect(await held()).toEqual([{ manifest, present: true }])
  })

  test('a follower is there while it says so', async () => {
    const slices = open()
    expect(await slices.follower()).toBeUndefined()
    const note = {
      pid: process.pid,
      host: hostname(),
      since: '2026-11-21T13:02:04.000Z',
      troubles: [{ about: 'slices', code: 'X', message: 'y', since: '2026-11-21T13:02:04.000Z' }],
    }
    await slices.note(note)
    expect(await slices.follower()).toEqual({ ...note, gone: false })
    expect(await slices.prepare()).toEqual([])
    expect((await slices.holdings()).unreadable).toEqual([])
    await slices.note(undefined)
    expect(await slices.follower()).toBeUndefined()
  })

  test('those in the trash are no slices any more, can be brought back, and be deleted for good', async () => {
    const slices = open()
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    await put(slices, manifestOf(1, 2))
    const at = new Date('2026-11-21T13:02:04.000Z')
    const { id } = manifestOf(0, 1)
    await slices.remove([id], { at, command: 'backup prune' })
    const listed = async () => (await slices.holdings()).slices.map(({ manifest }) => manifest.id)
    expect(await listed()).toEqual([manifestOf(1, 2).id])
    expect(await slices.trash()).toEqual([{ id, removedAt: at.toISOString() }])
    expect(await slices.prepare()).toEqual([])
    expect(await slices.bringBack([id, 'another'])).toEqual([id])
    expect([await listed(), await slices.trash()]).toEqual([[id, manifestOf(1, 2).id], []])
    expect((await slices.holdings()).slices.every(({ present }) => present)).toBe(true)
    await slices.remove([id], { at, command: 'backup prune' })
    await slices.erase([id])
    expect([await listed(), await slices.trash()]).toEqual([[manifestOf(1, 2).id], []])
    expect(await slices.bringBack([id])).toEqual([])
  })

  test('a name that is taken is never written over', async () => {
    const slices = open()
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    await expect(put(slices, manifestOf(0, 1))).rejects.toMatchObject({ code: 'SLICE_EXISTS' })
  })

  test('a file that is not there is said so', async () => {
    const reading = open().read(manifestOf(0, 1))[Symbol.asyncIterator]()
    await expect(reading.next()).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
  })
})

describe('a folder of slices', () => {
  const place = () => join(folder, 'medical/oplog')

  test('is for its owner alone', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    expect((await stat(place())).mode & 0o777).toBe(0o700)
    for (const name of await readdir(place()))
      expect((await stat(join(place(), name))).mode & 0o777).toBe(0o600)
  })

  test('what another process is writing stays: whoever brings a sound copy of a slice holds no lock', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    const { file } = manifestOf(0, 1)
    const living = `${file}.${process.ppid.toString()}-1@${hostname().replaceAll(/[^\w-]/g, '_')}.partial`
    await writeFile(join(slices.folder, living), 'half')
    expect(await slices.prepare()).toEqual([])
    expect(await readdir(slices.folder)).toEqual([living])
  })

  test('is cleaned of what killed runs left: partial files go, whole ones without a manifest are kept aside', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    await rm(join(place(), `${manifestOf(0, 1).id}.json`))
    const draft = await slices.draft(1)
    await draft.write(bytes)
    expect(await slices.prepare()).toHaveLength(2)
    expect(await slices.prepare()).toEqual([])
    expect(await readdir(join(place(), '.quarantine'))).toEqual([manifestOf(0, 1).file])
    await put(slices, manifestOf(0, 1))
    expect((await slices.holdings()).slices).toHaveLength(1)
    await draft.discard()
  })

  test('names a paper that cannot be read, and does not go on from it', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    const paper = join(place(), `${manifestOf(0, 1).id}.json`)
    for (const text of [
      '{',
      '{}',
      '{"version":2}',
      '[]',
      JSON.stringify({ ...manifestOf(0, 1), id: 'other' }),
    ]) {
      await writeFile(paper, text)
      await expect(slices.state()).rejects.toMatchObject({
        code: 'SLICES_UNREADABLE',
        kind: 'integrity',
      })
      const { slices: found, unreadable } = await slices.holdings()
      expect([found.length, unreadable.map(({ file }) => file)]).toEqual([0, [paper]])
    }
  })

  test('a slice of which a killed run left the file behind on its way to the trash follows it there', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    const { id, file } = manifestOf(0, 1)
    await slices.remove([id], { at: new Date(), command: 'backup prune' })
    await rename(join(place(), '.trash', file), join(place(), file))
    expect(await slices.prepare()).toHaveLength(1)
    expect(await slices.bringBack([id])).toEqual([id])
    expect((await slices.holdings()).slices).toMatchObject([{ present: true }])
  })

  describe('of many slices', () => {
    const many = 300
    async function filled() {
      const slices = folderSlices(folder, 'medical', () => Date.now() + 10_000)
      await slices.prepare()
      for (let at = 0; at < many; at++) {
        const manifest = manifestOf(at, at + 1)
        await writeFile(join(place(), `${manifest.id}.json`), JSON.stringify(manifest))
        await writeFile(join(place(), manifest.file), bytes)
      }
      return slices
    }

    test('remembers what manifests say, and sees at once what was changed, removed or cut off', async () => {
      const slices = await filled()
      const before = await slices.holdings()
      expect(before.slices).toHaveLength(many)
      expect(await readdir(place())).toContain('.slices.json')
      expect(await slices.holdings()).toEqual(before)
      const [one, two, three] = [manifestOf(0, 1), manifestOf(1, 2), manifestOf(2, 3)]
      await writeFile(join(place(), `${one.id}.json`), JSON.stringify({ ...one, count: 77 }))
      await rm(join(place(), `${two.id}.json`))
      await writeFile(join(place(), three.file), 'short')
      const after = await slices.holdings()
      expect(after.slices.slice(0, 2)).toMatchObject([
        { manifest: { count: 77 } },
        { manifest: { id: three.id }, present: false },
      ])
      expect(after.slices).toHaveLength(many - 1)
    })

    test('is as right where what it remembers is damaged', async () => {
      const slices = await filled()
      const before = await slices.holdings()
      for (const text of ['', 'ops catalog 1 00\n[]', '{'])
        for (const again of [1, 2]) {
          if (again === 1) await writeFile(join(place(), '.slices.json'), text)
          expect(await slices.holdings()).toEqual(before)
        }
    })
  })

  test('a slice whose file has another size is not present', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await put(slices, manifestOf(0, 1))
    await writeFile(join(place(), manifestOf(0, 1).file), 'short')
    expect((await slices.holdings()).slices).toMatchObject([{ present: false }])
  })

  test('that others may write to is refused', async () => {
    const slices = folderSlices(folder, 'medical')
    await slices.prepare()
    await chmod(place(), 0o777)
    await expect(slices.prepare()).rejects.toMatchObject({ code: 'SHELF_EXPOSED' })
  })
})
