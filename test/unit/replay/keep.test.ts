import { gunzipSync } from 'node:zlib'
import { deserialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { decideKeeping, keepingFact } from '../../../src/procedures/discarded/keeping.js'
import { DiscardedEntries } from '../../../src/procedures/discarded/keptEntries.js'
import { keptWritesOver } from '../../../src/procedures/retention/keptWritesOver.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { wardKeys } from '../../fakes/keys.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'
import { insert, planned, restored, set, visits, visitsOf, writtenSince } from './scene.js'

function entriesIn(file: Buffer | undefined) {
  let bytes = gunzipSync(file ?? Buffer.alloc(0))
  const entries = []
  while (bytes.length > 0) {
    const length = bytes.readInt32LE(0)
    entries.push(deserialize(bytes.subarray(0, length)))
    bytes = bytes.subarray(length)
  }
  return entries
}

describe('writes that a restore discards', () => {
  test('are kept in a file with a paper, and the plan, the receipt and the result say where', async () => {
    const other = { op: 'i', ns: 'other.things', o: { _id: 1 } }
    const note = { op: 'n', ns: '', o: { msg: 'a note' } }
    const scene = await writtenSince([insert(4), other, note, set(1, { a: 1 })])
    const plan = await planned(scene)
    const fact = plan.facts.find(([label]) => label === 'Writes since')?.[1] ?? ''
    const { result, receipt } = await carriedOut(plan, scene.world)
    const [manifest] = scene.keptWrites.manifests
    expect(manifest).toMatchObject({
      target: 'medical',
      entries: 2,
      operations: 2,
      exact: true,
      namespaces: { [visits]: { inserts: 1, updates: 1, deletes: 0, commands: {} } },
      replaced: { databases: ['medical_records'] },
      lacks: [],
      among: [],
      encrypted: false,
    })
    const file = scene.keptWrites.files.get(manifest?.file ?? '')
    expect(entriesIn(file).map(({ op }) => String(op))).toEqual(['i', 'u'])
    expect(fact).toContain(`/shelf/medical/discarded/${manifest?.file ?? ''}`)
    expect(fact).toContain(`ops pitr replay ${manifest?.id ?? ''}`)
    expect(result.discardedWrites).toMatchObject({ id: manifest?.id, operations: 2 })
    const last = scene.server.oplog.entriesHeld.at(-1)?.point.at
    expect(receipt?.keptWrites).toEqual({ id: manifest?.id, restoredAt: last })
  })

  test('are kept up to the last moment, those of services that are being stopped included', async () => {
    const scene = await writtenSince([insert(4)])
    const plan = await planned(scene)
    scene.server.oplog.write(insert(5))
    let isWritten = false
    scene.server.oplog.during = () => {
      if (isWritten) return
      isWritten = true
      scene.server.oplog.write(insert(6))
    }
    await carriedOut(plan, scene.world)
    expect(scene.keptWrites.manifests[0]).toMatchObject({ entries: 3, operations: 3 })
  })

  test('are encrypted where backups are', async () => {
    const scene = await writtenSince([insert(4)], wardKeys)
    await restored(scene)
    const [manifest] = scene.keptWrites.manifests
    expect(manifest).toMatchObject({ encrypted: true, recipients: wardKeys.recipients })
    expect(manifest?.file).toMatch(/\.writes\.gz\.age$/)
    expect(scene.keptWrites.files.get(manifest?.file ?? '')?.toString('latin1')).toMatch(/^age-/)
  })

  test('are not kept where there are none, and not where nobody wants them', async () => {
    const scene = await writtenSince([])
    const { result } = await restored(scene)
    expect(result.discardedWrites).toBeNull()
    const other = await writtenSince([insert(4)])
    const plan = await planned(other, { keepDiscarded: false })
    expect(plan.facts.find(([label]) => label === 'Writes since')?.[1]).toContain('NOT kept')
    await carriedOut(plan, other.world)
    expect(other.keptWrites.manifests).toEqual([])
  })

  test('that cannot be told keep nobody from restoring, and the plan says so', async () => {
    const scene = await writtenSince([insert(4), insert(5)])
    scene.server.oplog.forget(2)
    const plan = await planned(scene)
    const fact = plan.facts.find(([label]) => label === 'Writes since')?.[1]
    expect(fact).toContain('NOT kept (its oplog goes back to')
    await carriedOut(plan, scene.world)
    expect(visitsOf(scene)['1']).toEqual({ a: 0 })
  })

  test('that turn out not to be there any more end the restore before anything is touched, where nothing else is saved', async () => {
    const scene = await writtenSince([insert(4), insert(5)])
    scene.server.collection('medical_records', 'visits', [{ _id: 1, a: 'new' }])
    const plan = await planned(scene, { safetyBackup: false })
    scene.server.oplog.forget(2)
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'DISCARDED_NOT_KEPT',
    })
    expect(visitsOf(scene)).toEqual({ '1': { a: 'new' } })
  })

  test('for which there is no room keep nobody from restoring what is saved; else nothing is touched', async () => {
    const scene = await writtenSince([insert(4)])
    scene.server.collection('medical_records', 'visits', [{ _id: 1, a: 'new' }])
    scene.keptWrites.refuse = new Failure('space', 'SHELF_FULL', 'no space is left', [])
    const unsaved = carriedOut(await planned(scene, { safetyBackup: false }), scene.world)
    await expect(unsaved).rejects.toMatchObject({ kind: 'space' })
    expect(visitsOf(scene)).toEqual({ '1': { a: 'new' } })
    scene.clock.advance(60_000)
    const { result, receipt } = await carriedOut(await planned(scene), scene.world)
    const told = { discardedNotKept: 'no space is left' }
    expect(result).toMatchObject({ ...told, discardedWrites: null })
    expect(receipt).toMatchObject({ ...told, state: 'done' })
    expect(receipt?.keptWrites).toBeUndefined()
    expect(visitsOf(scene)['1']).toEqual({ a: 0 })
    expect(scene.keptWrites.manifests).toEqual([])
  })

  test('are reckoned before anything is touched: without room they are not kept, and nothing is restored where nothing else is saved', async () => {
    const large = insert(4, { text: 'x'.repeat(1_000_000) })
    const scene = await writtenSince(Array.from({ length: 20 }, () => large))
    // Room for the safety backup and what is to stay free, and 9 MB more.
    scene.shelf.free = 64 * 1024 * 1024 + 9_000_000
    const plan = await planned(scene)
    const fact = plan.facts.find(([label]) => label === 'Writes since')?.[1]
    expect(fact).toContain('NOT kept (there is no room for them: they take about 11 MB')
    await expect(planned(scene, { safetyBackup: false })).rejects.toMatchObject({
      code: 'SHELF_TOO_SMALL',
      kind: 'space',
    })
    const forced = await planned(scene, { safetyBackup: false, keepDiscarded: false })
    expect(forced.steps).not.toEqual([])
    scene.shelf.free += 10_000_000
    const roomy = await planned(scene)
    expect(roomy.facts.find(([label]) => label === 'Writes since')?.[1]).toContain('kept in')
  })

  test('that could not be counted in time are kept all the same; what cannot be told is not', () => {
    const { world, keptWrites } = fakeWorld()
    const notes = { since: null, until: null, operations: 0, namespaces: {}, among: [] }
    const decided = (more: string | null) =>
      decideKeeping(
        {
          ...{ target: medical, isReplaced: () => true, replaced: { databases: [] } },
          ...{ point: { at: { seconds: 1, ordinal: 1 }, exact: true }, wanted: true, compression },
          ...{ discarded: { ...notes, more, notCounted: 'late' }, isSaved: true },
          room: { free: 1e12, expected: 1, folder: '/shelf' },
        },
        world,
      ).kind
    expect([decided('late'), decided(null)]).toEqual(['kept', 'not kept'])
    expect(keptWrites.manifests).toEqual([])
  })

  test('are looked for in entries of others without standing still', async () => {
    const other = { op: 'i', ns: 'other.things', o: { _id: 1 } }
    const { server, world } = await writtenSince([other, other, insert(4)])
    let moved = 0
    const point = { at: server.oplog.entriesHeld[0]?.point.at ?? { seconds: 0, ordinal: 0 } }
    const isReplaced = (namespace: string) => namespace === visits
    const entries = new DiscardedEntries(medical, { ...point, exact: true }, isReplaced, () => {
      moved++
    })
    const { signal } = new AbortController()
    for await (const entry of entries.read(server.oplog, world, signal))
      expect(entry.length).toBeGreaterThan(0)
    expect(entries.entries).toBe(1)
    expect(moved).toBe(server.oplog.entriesHeld.length - 1)
  })

  test('an undo keeps none: what it takes back is the restore itself', async () => {
    const scene = await writtenSince([insert(4)])
    await restored(scene)
    const request = { target: () => medical, safetyBackup: false, compression }
    await carriedOut(await undo.plan(request, scene.world), scene.world)
    expect(scene.keptWrites.manifests).toHaveLength(1)
    expect(keepingFact(undefined)).toEqual([])
  })
})

test('kept writes go with their time, but not those of a restore that can be taken back', async () => {
  const scene = await writtenSince([insert(4)])
  await restored(scene)
  const retention = { trashSeconds: 86_400 }
  const over = () => keptWritesOver(medical, retention, scene.world)
  expect(await over()).toEqual([])
  scene.clock.advance(2 * 86_400_000)
  expect(await over()).toEqual([])
  const [receipt] = await scene.receipts.list()
  if (!receipt?.keptWrites) throw new Error('a restore has a receipt')
  const { safetyBackup, ...unsaved } = receipt
  expect(safetyBackup).toBeDefined()
  const dataFiles = { folder: '.ops-1', inPlace: 'restored' as const }
  for (const only of [unsaved, { ...unsaved, dataFiles }]) {
    await scene.receipts.save(only)
    expect(await over()).toEqual([])
  }
  await scene.receipts.save(unsaved)
  const replayed = { kept: receipt.keptWrites.id, list: 'x' }
  const { keptWrites, ...other } = unsaved
  expect(keptWrites).toBeDefined()
  await scene.receipts.save({ ...other, id: `${receipt.id}r`, command: 'pitr replay', replayed })
  expect(await over()).toHaveLength(1)
  await scene.receipts.save({ ...unsaved, dataFiles })
  expect(await over()).toEqual([])
  await scene.receipts.save({ ...receipt, state: 'undone' })
  expect((await over()).map(({ id }) => id)).toEqual([scene.keptWrites.manifests[0]?.id])
})
