import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { forgetOld } from '../../../src/procedures/dataFiles/forgetOld.js'
import { restoreDataFiles } from '../../../src/procedures/dataFiles/restoreDataFiles.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { container } from '../../fakes/stack.js'
import { impatient, planned, restored, withCopy, type Scene } from './scene.js'

async function undone(scene: Scene, receipt?: string) {
  scene.clock.advance(1000)
  const request = { target: () => medical, safetyBackup: true, compression }
  const world = impatient(scene)
  return carriedOut(
    await undo.plan({ ...request, ...(receipt === undefined ? {} : { receipt }) }, world),
    world,
  )
}

describe('a restore of data files', () => {
  test('unpacks beside what is there, then stops, exchanges, starts, counts', async () => {
    const scene = await withCopy()
    const plan = await planned(scene)
    expect(needsConfirmation(plan)).toBe(true)
    const { result, receipt } = await carriedOut(plan, impatient(scene))
    expect(scene.dataVolumes.log).toEqual(['unpack', 'exchange restored'])
    expect(scene.stack.log).toEqual([
      'stop api',
      'power off id-mongodb',
      'power on id-mongodb',
      'start api',
    ])
    expect(scene.dataVolumes.inPlace).toBe('restored')
    expect(scene.dataVolumes.unpacked).toEqual(scene.dataVolumes.tar)
    expect(result.collections).toEqual({
      'medical_records.healthcare_data': { documents: 40, expected: 40 },
    })
    expect(receipt).toMatchObject({ state: 'done', dataFiles: { inPlace: 'restored' } })
  })

  test('needs no server that runs, and no files that are there', async () => {
    const scene = await withCopy()
    const { stack, dataVolumes } = scene
    const mounts = [{ type: 'bind', source: '/srv/data', destination: '/data' }]
    const command = ['mongod', '--replSet', 'rs0', '--dbpath', '/data/db']
    stack.containers[0] = container('mongodb', { state: 'exited', mounts, command })
    dataVolumes.facts = { ...dataVolumes.facts, empty: true }
    await restored(scene)
    expect(dataVolumes.inPlace).toBe('restored')
    expect(stack.containers[0]).toMatchObject({ state: 'running' })
  })

  test('says what was written since, in whatever database', async () => {
    const scene = await withCopy()
    const { oplog } = scene.server
    // The newest write that is in the copy.
    oplog.write(undefined, 0)
    oplog.write({ op: 'i', ns: 'other.things', o: { _id: 1 } })
    oplog.write({ op: 'i', ns: 'admin.system.users', o: { _id: 1 } })
    const request = { target: medical, entry: scene.entry, compression }
    const plan = await restoreDataFiles.plan(request, scene.world)
    expect(plan.loses).toContain('other.things: 1 insert')
    expect(plan.discarded).toMatchObject({ operations: 1, notCounted: null })
    const connect = scene.server.connect.bind(scene.server)
    let asked = 0
    scene.server.connect = () => {
      if (asked++ === 0) return connect()
      return Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'it is gone', []))
    }
    const { discarded } = await restoreDataFiles.plan(request, scene.world)
    expect(discarded?.notCounted).toBe('the server does not answer')
  })

  test('is taken back, and that too', async () => {
    const scene = await withCopy()
    await restored(scene)
    const { result } = await undone(scene)
    expect(result.restored).toBeNull()
    expect(scene.dataVolumes.inPlace).toBe('before')
    await undone(scene)
    expect(scene.dataVolumes.inPlace).toBe('restored')
  })

  test('that cannot be taken back any more is named as lost by an undo of what came before it', async () => {
    const scene = await withCopy()
    const { receipt: first } = await restored(scene)
    scene.clock.advance(60_000)
    const { receipt: later } = await restored(scene)
    const request = { target: () => medical, safetyBackup: true, compression }
    const losses = async () =>
      (await undo.plan({ ...request, receipt: first?.id ?? '' }, impatient(scene))).loses.join('\n')
    expect(await losses()).not.toContain('LATER')
    if (!later?.dataFiles) throw new Error('a restore of data files says so in its record')
    const dataFiles = { ...later.dataFiles, forgotten: true }
    await scene.world.receipts.save({ ...later, dataFiles })
    expect(await losses()).toContain(`of ${later.startedAt} brought: it came LATER`)
  })

  test('keeps the files before until they are forgotten; then there is no way back', async () => {
    const scene = await withCopy()
    const { receipt } = await restored(scene)
    const { result } = await carriedOut(
      await forgetOld.plan({ target: medical }, scene.world),
      scene.world,
    )
    expect(result.forgotten).toHaveLength(1)
    expect(scene.dataVolumes.kept.size).toBe(0)
    await expect(undone(scene, receipt?.id)).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining('were removed') as string,
    })
    await expect(forgetOld.plan({ target: medical }, scene.world)).rejects.toMatchObject({
      code: 'NOTHING_KEPT',
      exitCode: 10,
    })
  })
})

describe('a restore of data files that goes wrong', () => {
  test.each(['unpack', 'exchange'] as const)(
    '%s fails: the files before are in place, the database runs, nothing is kept',
    async (what) => {
      const scene = await withCopy()
      scene.dataVolumes.mischief = { fails: what === 'unpack' ? ['unpack'] : [] }
      const world = impatient(scene)
      const plan = await planned(scene)
      if (what === 'exchange') {
        // The way there fails, the way back works.
        const exchange = scene.dataVolumes.exchange.bind(scene.dataVolumes)
        scene.dataVolumes.exchange = (place, folder, inPlace) =>
          inPlace === 'restored'
            ? Promise.reject(new Error('mv: cannot move'))
            : exchange(place, folder, inPlace)
      }
      await expect(carriedOut(plan, world)).rejects.toThrow()
      expect(scene.dataVolumes.inPlace).toBe('before')
      expect(scene.dataVolumes.kept.size).toBe(0)
      expect(scene.stack.containers[0]?.state).toBe('running')
      expect(scene.receipts.saves.at(-1)?.state).toBe('rolled-back')
    },
  )

  test('the server does not come back: the files before do', async () => {
    const scene = await withCopy()
    const plan = await planned(scene)
    const { dataVolumes, server, stack } = scene
    // It runs on the files before only.
    const connect = server.connect.bind(server)
    server.connect = async () => {
      const session = await connect()
      const primary = dataVolumes.inPlace === 'before'
      return { ...session, server: () => Promise.resolve({ ...server.facts, primary }) }
    }
    await expect(carriedOut(plan, impatient(scene))).rejects.toMatchObject({
      code: 'SERVER_NOT_BACK',
      exitCode: 1,
    })
    expect(dataVolumes.inPlace).toBe('before')
    expect(stack.containers[0]?.state).toBe('running')
  })

  test('documents are missing: the files before come back', async () => {
    const scene = await withCopy()
    const plan = await planned(scene)
    scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }], ['name_1'])
    await expect(carriedOut(plan, impatient(scene))).rejects.toMatchObject({
      code: 'RESTORE_DIFFERS',
      exitCode: 12,
    })
    expect(scene.dataVolumes.inPlace).toBe('before')
  })

  test('the copy changed after it was read: nothing is put in place', async () => {
    const scene = await withCopy()
    const plan = await planned(scene)
    const bytes = scene.shelf.files.get(scene.entry.path) ?? Buffer.alloc(0)
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 0xff
    await expect(carriedOut(plan, impatient(scene))).rejects.toMatchObject({ exitCode: 12 })
    expect(scene.dataVolumes.log).not.toContain('exchange restored')
  })

  test.each([
    ['before its files came in place: undo removes them', ['Stop the writers: api'], 0],
    ['later: undo keeps them', ['Stop healthcare_mongodb'], 1],
  ])('it was killed %s; the next one is refused until then', async (_when, steps, kept) => {
    const scene = await withCopy()
    const { receipts, dataVolumes } = scene
    await restored(scene)
    const done = receipts.saves.findLast(({ command }) => command === 'restore')
    if (!done) throw new Error('a restore leaves a record')
    await receipts.save({ ...done, state: 'started', steps })
    receipts.gone.add(done.id)
    await expect(planned(scene)).rejects.toMatchObject({
      code: 'RESTORE_CUT_OFF',
      exitCode: 6,
      next: [`ops undo ${done.id}`],
    })
    await undone(scene)
    expect(dataVolumes.inPlace).toBe('before')
    expect(dataVolumes.kept.size).toBe(kept)
    await expect(planned(scene)).resolves.toBeDefined()
  })
})

describe('data files that do not fit', () => {
  test.each<[string, (scene: Scene) => void, string]>([
    [
      'another release',
      ({ dataVolumes }) => {
        dataVolumes.facts = { ...dataVolumes.facts, serverVersion: '7.0.4' }
      },
      'VERSION_MISMATCH',
    ],
    [
      'another replica set',
      ({ server }) => {
        server.facts = { ...server.facts, replicaSet: 'rs1' }
      },
      'REPLICA_SET_DIFFERS',
    ],
    [
      'another replica set of a server that is down',
      ({ stack }) => {
        const mounts = [{ type: 'volume', source: 'mongo_data', destination: '/data/db' }]
        const command = ['mongod', '--replSet=rs1']
        stack.containers[0] = container('mongodb', { state: 'exited', mounts, command })
      },
      'REPLICA_SET_DIFFERS',
    ],
    [
      'other members',
      ({ server }) => {
        server.storage = { ...server.storage, members: ['elsewhere:27017'] }
      },
      'REPLICA_SET_DIFFERS',
    ],
    [
      'another layout',
      ({ server }) => {
        server.storage = { ...server.storage, directoryPerDatabase: true }
      },
      'STORAGE_OPTIONS_DIFFER',
    ],
    [
      'a volume without room',
      ({ dataVolumes }) => {
        dataVolumes.facts = { ...dataVolumes.facts, freeBytes: 1000 }
      },
      'VOLUME_TOO_SMALL',
    ],
  ])('%s: refused, nothing touched', async (_what, change, code) => {
    const scene = await withCopy()
    change(scene)
    await expect(planned(scene)).rejects.toMatchObject({ code })
    expect(scene.dataVolumes.log).toEqual([])
  })

  test('one that is cut short is marked as damaged, nothing touched', async () => {
    const scene = await withCopy()
    const bytes = scene.shelf.files.get(scene.entry.path) ?? Buffer.alloc(0)
    const entry = { ...scene.entry, present: false }
    scene.shelf.files.set(entry.path, bytes.subarray(0, -1))
    const request = { target: medical, entry, compression }
    await expect(restoreDataFiles.plan(request, scene.world)).rejects.toMatchObject({
      exitCode: 12,
    })
    expect(scene.shelf.manifests.get(scene.id)?.trust).toBe('damaged')
  })

  test('one that was found damaged before is refused before anything is agreed to', async () => {
    const scene = await withCopy()
    const bytes = Buffer.from(scene.shelf.files.get(scene.entry.path) ?? [])
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
    scene.shelf.files.set(scene.entry.path, bytes)
    const entry = {
      ...scene.entry,
      manifest: { ...scene.entry.manifest, trust: 'damaged' as const },
    }
    const request = { target: medical, entry, compression }
    await expect(restoreDataFiles.plan(request, scene.world)).rejects.toMatchObject({
      exitCode: 12,
    })
  })

  test.each(['the first byte', 'a byte in the middle', 'a byte of the last checksum'])(
    'one with %s changed is marked as damaged as it is unpacked, and nothing is exchanged',
    async (which) => {
      const scene = await withCopy()
      const bytes = Buffer.from(scene.shelf.files.get(scene.entry.path) ?? [])
      const places: Readonly<Record<string, number>> = {
        'the first byte': 0,
        'a byte in the middle': bytes.length >> 1,
      }
      const at = places[which] ?? bytes.length - 6
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      scene.shelf.files.set(scene.entry.path, bytes)
      const plan = await planned(scene)
      await expect(carriedOut(plan, impatient(scene))).rejects.toMatchObject({
        exitCode: 12,
        message: expect.stringContaining(`${scene.id} is damaged`) as string,
      })
      expect(scene.shelf.manifests.get(scene.id)?.trust).toBe('damaged')
      expect(scene.dataVolumes.log).not.toContain('exchange restored')
      expect(scene.dataVolumes.kept.size).toBe(0)
      expect(scene.stack.log).toEqual([])
    },
  )
})
