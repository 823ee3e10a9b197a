import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { halfDone } from '../../../src/procedures/restore/requireWhole.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { container } from '../../fakes/stack.js'
import { damagedHospital, hospital, planned, recovered, slice, undone, withCopy } from './scene.js'

describe('a database whose data is sound', () => {
  test('is left alone, and nobody is asked for anything', async () => {
    const scene = await hospital()
    const plan = await planned(scene)
    expect(plan.steps).toEqual([])
    expect(needsConfirmation(plan)).toBe(false)
    const { result } = await carriedOut(plan, scene.world)
    expect(result).toMatchObject({ verdict: 'sound', back: null, receipt: null })
    expect(scene.stack.log).toEqual([])
    expect(scene.dataVolumes.log).toEqual([])
    expect(scene.receipts.saves.filter(({ command }) => command === 'dr corruption')).toEqual([])
  })

  test.each([
    ['its container does not run', 'exited' as const, 'its container is exited'],
    ['its log cannot be read', 'running' as const, 'no log'],
  ])('but may be anything where %s', async (_why, state, says) => {
    const scene = await hospital()
    scene.stack.containers[0] = container('mongodb', { state })
    if (state === 'running') scene.said.lines = new Error('no log')
    await expect(planned(scene)).rejects.toMatchObject({
      code: 'DAMAGE_UNSEEN',
      exitCode: 13,
      message: expect.stringContaining(says) as string,
    })
    expect(scene.stack.log).toEqual([])
  })
})

describe('a database whose data is damaged', () => {
  test('comes back from the newest backup with all that was on the server; the damaged files are kept', async () => {
    const scene = await damagedHospital()
    const plan = await planned(scene)
    expect(needsConfirmation(plan)).toBe(true)
    const { result, receipt } = await carriedOut(plan, scene.world)
    expect(scene.server.state()).toEqual(scene.good)
    expect(scene.stack.log).toEqual([
      'stop api',
      'power off id-mongodb',
      'power on id-mongodb',
      'start api',
    ])
    expect(scene.dataVolumes.log).toEqual(['make empty', 'exchange restored'])
    expect(result).toMatchObject({
      verdict: 'damaged',
      damages: [{ where: 'the log of the server' }],
      back: { way: 'archive', kept: { files: 6, bytes: 60 }, server: { write: 'durable' } },
      objectiveSeconds: 600,
    })
    expect(receipt).toMatchObject({
      state: 'done',
      stopped: [],
      dataFiles: { inPlace: 'restored', damagedBefore: true },
      proof: { way: 'archive', collections: { 'other.things': { documents: 1 } } },
    })
    expect(scene.slices.gaps).toEqual([])
  })

  test('comes back with the slices behind the backup, and their timeline ends', async () => {
    const scene = await damagedHospital()
    scene.server.oplog.write()
    await slice(scene)
    const { result } = await recovered(scene)
    expect(result.back).toMatchObject({ way: 'moment' })
    expect(scene.slices.gaps).toMatchObject([{ reason: 'restored' }])
    expect(scene.server.state()).toEqual(scene.good)
  })

  test('gives what it still has of its oplog before it is stopped', async () => {
    const scene = await damagedHospital()
    scene.server.oplog.write()
    await slice(scene)
    const last = scene.server.oplog.write()
    const { result } = await recovered(scene)
    expect(result.back?.asOf).toBe(new Date(last.point.at.seconds * 1000).toISOString())
  })

  test('comes back from a copy of the data files that is asked for', async () => {
    const scene = await hospital()
    await withCopy(scene)
    scene.said.lines = ['{"s":"F","msg":"WT_PANIC"}']
    const id = [...scene.shelf.manifests.values()].find((one) => one.content === 'dataFiles')?.id
    const { result } = await recovered(scene, { backup: id ?? '' })
    expect(result.back).toMatchObject({ way: 'data files', id })
    expect(scene.dataVolumes.inPlace).toBe('restored')
  })

  test('never comes back from an archive of some databases while there is one of all, or a copy of the files; it is named', async () => {
    const scene = await hospital()
    await withCopy(scene)
    scene.said.lines = ['{"s":"F","msg":"WT_PANIC"}']
    const whole = [...scene.shelf.manifests.values()].find((one) => one.content !== 'dataFiles')
    if (!whole) throw new Error('a backup')
    const at = '2060-01-01T00:00:00.000Z'
    scene.shelf.manifests.set(whole.id, {
      ...{ ...whole, wholeInstance: false, databases: ['medical_records'] },
      ...{ takenAt: at, consistentAt: at },
    })
    const plan = await planned(scene)
    expect(plan.facts.join('\n')).toContain('(data files), as of')
    expect(plan.warnings?.join('\n')).toContain(`--backup ${whole.id} takes it`)
    const { loses } = await planned(scene, { backup: whole.id })
    expect(loses.join('\n')).toContain('every database of the server but medical_records')
  })

  test('locks every target whose data lies in its container', async () => {
    const scene = await damagedHospital()
    const targets = [medical, { ...medical, name: 'billing', databases: ['billing'] }]
    const elsewhere = {
      ...medical,
      name: 'lab',
      place: { kind: 'service' as const, service: 'api' },
    }
    const plan = await planned(scene, { targets: [...targets, elsewhere] })
    expect(plan.locks).toEqual(['medical', 'billing'])
    const find = (one: typeof medical) =>
      one.name === 'lab'
        ? Promise.reject(new Error('two of them'))
        : scene.world.containers.find(one)
    const world = { ...scene.world, containers: { ...scene.world.containers, find } }
    const unsure = await planned(scene, { targets: [elsewhere] }, world)
    expect(unsure.locks).toEqual(['medical', 'lab'])
  })

  test('gives its oplog rather than a newer copy of its data files; where that fails, the copy is named and no file touched', async () => {
    const scene = await damagedHospital()
    scene.server.oplog.write()
    await slice(scene)
    scene.clock.advance(40 * 365 * 86_400_000)
    const { result: copy } = await withCopy(scene)
    scene.server.oplog.write()
    const plan = await planned(scene)
    expect(plan.facts.join('\n')).toContain('what the damaged server can still read')
    scene.slices.refuse = new Failure('space', 'SHELF_FULL', 'no space left', [])
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'OPLOG_NOT_REACHED',
      next: [expect.stringContaining(copy.id) as string],
    })
    expect(scene.dataVolumes.log).not.toContain('exchange restored')
    expect(scene.stack.containers[2]).toMatchObject({ state: 'running' })
  })

  test('is taken back: the damaged files are in place, and what was stopped because of them stays stopped', async () => {
    const scene = await damagedHospital()
    await recovered(scene)
    scene.stack.log.length = 0
    await undone(scene)
    expect(scene.dataVolumes.inPlace).toBe('before')
    expect(scene.stack.log).toEqual(['stop api', 'power off id-mongodb', 'power on id-mongodb'])
    const backUp = async () =>
      takeBackup.plan({ target: medical, compression, safety: false }, scene.world)
    await expect(backUp()).rejects.toMatchObject({
      code: 'LEFT_HALF',
      message: expect.stringContaining('are damaged') as string,
      next: [
        expect.stringMatching(/^ops undo undo-/) as string,
        'ops dr corruption --target medical --assume-damaged',
        expect.anything() as string,
      ],
    })
    await undone(scene)
    expect(scene.dataVolumes.inPlace).toBe('empty')
    expect(await halfDone(medical, scene.world)).toEqual([])
  })

  test('taken back, brings what an earlier run had left half done, says so before, and no backup takes that', async () => {
    const scene = await damagedHospital()
    const half = { id: 'restore-half', command: 'restore', target: 'medical', title: 'restore all' }
    await scene.receipts.save({
      ...{ ...half, startedAt: '2020-01-01T00:00:00Z', actor: 'me', host: 'here', pid: 1 },
      ...{ state: 'started', steps: [], destroyed: true, touched: { databases: ['other'] } },
    })
    scene.receipts.gone.add(half.id)
    await recovered(scene)
    const closed = await scene.receipts.read(half.id)
    expect(closed).toMatchObject({
      state: 'failed',
      settled: { because: 'a later restore replaced what it left' },
    })
    const backUp = async () =>
      takeBackup.plan({ target: medical, compression, safety: false }, scene.world)
    await expect(backUp()).resolves.toBeDefined()
    const request = { target: () => medical, safetyBackup: true, compression }
    const { loses } = await undo.plan(request, scene.world)
    expect(loses.join('\n')).toContain('what "restore all" of 2020-01-01T00:00:00Z left half done')
    await undone(scene)
    expect((await halfDone(medical, scene.world)).map(({ command }) => command)).toEqual([
      'undo',
      'restore',
    ])
  })
})

describe('a recovery that goes wrong', () => {
  test.each<[string, (scene: Awaited<ReturnType<typeof damagedHospital>>) => void, string]>([
    [
      'mongorestore fails',
      ({ server }) => (server.mischief = { restoreExitCode: 1 }),
      'RESTORE_FAILED',
    ],
    [
      'documents are missing',
      ({ server }) => (server.mischief = { restoreLoses: true }),
      'RESTORE_DIFFERS',
    ],
    ['not all files are aside', ({ dataVolumes }) => (dataVolumes.loses = 1), 'KEPT_FILES_DIFFER'],
  ])(
    '%s: the damaged files are in place again, and nothing is left beside them',
    async (_why, hurt, code) => {
      const scene = await damagedHospital()
      const before = scene.server.state()
      const plan = await planned(scene)
      hurt(scene)
      await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code })
      expect(scene.dataVolumes.inPlace).toBe('before')
      expect(scene.dataVolumes.kept.size).toBe(0)
      expect(scene.server.state()).toEqual(before)
      expect(scene.receipts.saves.at(-1)).toMatchObject({ state: 'rolled-back' })
    },
  )

  test('never removes what was put aside where it cannot be put back', async () => {
    const scene = await damagedHospital()
    const plan = await planned(scene)
    scene.server.mischief = { restoreExitCode: 1 }
    const exchange = scene.dataVolumes.exchange.bind(scene.dataVolumes)
    scene.dataVolumes.exchange = (place, folder, inPlace) =>
      inPlace === 'before'
        ? Promise.reject(new Error('mv: I/O error'))
        : exchange(place, folder, inPlace)
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'UNDO_INCOMPLETE' })
    expect([...scene.dataVolumes.kept.values()]).toEqual([{ old: 'before' }])
    expect(scene.dataVolumes.log).not.toContain('forget')
  })

  test('tells which users could not be brought back, and takes nothing back because of them', async () => {
    const scene = await damagedHospital()
    const { result, warnings } = await recovered(scene)
    expect(result.back?.users).toEqual({ users: 1, inBackup: null })
    expect(warnings.join('\n')).toContain('holds no users and roles')
  })
})

describe('what is refused before anything is touched', () => {
  test.each<[string, (scene: Awaited<ReturnType<typeof damagedHospital>>) => void, string]>([
    [
      'a set of several members, which have the data',
      ({ server }) => (server.storage = { ...server.storage, members: ['a:27017', 'b:27017'] }),
      'SET_HAS_OTHERS',
    ],
    [
      'a volume without room beside the damaged files',
      ({ dataVolumes }) => (dataVolumes.facts = { ...dataVolumes.facts, freeBytes: 1e6 }),
      'VOLUME_TOO_SMALL',
    ],
    [
      'a server of another release than every backup',
      ({ dataVolumes }) => (dataVolumes.facts = { ...dataVolumes.facts, serverVersion: '7.0.1' }),
      'VERSION_MISMATCH',
    ],
    [
      'no backup',
      ({ shelf }) => {
        shelf.manifests.clear()
      },
      'NO_BACKUP',
    ],
    [
      'none that can be relied on',
      ({ shelf }) => {
        for (const [id, one] of shelf.manifests)
          shelf.manifests.set(id, { ...one, trust: 'damaged' })
      },
      'NO_SOUND_BACKUP',
    ],
  ])('%s', async (_what, change, code) => {
    const scene = await damagedHospital()
    change(scene)
    await expect(planned(scene)).rejects.toMatchObject({ code })
    expect(scene.stack.log).toEqual([])
    expect(scene.dataVolumes.log).toEqual([])
  })

  test('a server that nobody could sign in to on an empty data folder', async () => {
    const scene = await damagedHospital()
    const value = { from: 'value' as const, value: new Secret('x') }
    const target = {
      ...medical,
      credentials: { username: value, password: value, authSource: 'admin' },
    }
    await expect(planned(scene, { target })).rejects.toMatchObject({ code: 'FRESH_SERVER_LOCKED' })
    const [server] = scene.stack.containers
    if (!server) throw new Error('a server')
    scene.stack.containers[0] = { ...server, environment: { MONGO_INITDB_ROOT_USERNAME: 'root' } }
    await expect(planned(scene, { target })).resolves.toBeDefined()
  })

  test('a backup that turns out to be damaged is passed over for the next', async () => {
    const scene = await damagedHospital()
    scene.clock.advance(60_000)
    const [good] = [...scene.shelf.manifests.values()]
    if (!good) throw new Error('a backup')
    const id = 'medical-20270101T000000Z'
    const takenAt = '2027-01-01T00:00:00.000Z'
    const file = `${id}.archive.gz`
    scene.shelf.files.set(`/shelf/medical/${file}`, Buffer.alloc(good.bytes, 1))
    scene.shelf.manifests.set(id, {
      ...good,
      id,
      file,
      takenAt,
      consistentAt: takenAt,
      sequence: 99,
    })
    const plan = await planned(scene)
    expect(plan.warnings?.join('\n')).toContain(`${id} is passed over`)
    const { result } = await carriedOut(plan, scene.world)
    expect(result.back?.id).toBe(good.id)
  })
})
