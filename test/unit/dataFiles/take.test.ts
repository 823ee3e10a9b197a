import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { latestBackup, lastLike } from '../../../src/procedures/backup/catalog.js'
import { verifyEntry, verifyFile } from '../../../src/procedures/backup/verifyBackup.js'
import { takeDataFiles } from '../../../src/procedures/dataFiles/takeDataFiles.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { keyless } from '../../fakes/keys.js'
import { settings } from '../retention/scene.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { container } from '../../fakes/stack.js'
import { dataFolder, packed } from '../../support/dataFolder.js'
import { copied, hospital, request, withCopy } from './scene.js'

describe('a copy of the data files', () => {
  test('is taken between lock and unlock, under a guard, and says what a restore needs', async () => {
    const { world, server, guards, dataVolumes, receipts } = hospital()
    const { result } = await copied(world)
    expect(server.log).toEqual(['flush', 'lock', 'unlock', 'count healthcare_data'])
    expect(guards.log).toEqual(['watch', 'arm', 'dismiss'])
    expect(dataVolumes.log).toEqual(['copy', 'copy ended'])
    expect(result).toMatchObject({
      content: 'dataFiles',
      trust: 'sound',
      wholeInstance: true,
      replicaSet: 'rs0',
      databases: ['medical_records'],
      collections: { 'medical_records.healthcare_data': { documents: 40 } },
      dataFiles: { dbPath: '/data/db', files: 9, members: ['mongodb:27017'] },
    })
    expect(result.file).toMatch(/\.datafiles\.tar\.gz$/)
    // The record says that writes may be blocked before they are, and that they are not, afterwards.
    expect(receipts.saves.map(({ writesLocked }) => writesLocked)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
    // And which lock that is: by its connection before it is asked for, by what holds it once it is granted.
    expect(receipts.saves[1]?.writeLock).toMatchObject({ connection: 7, guarded: true })
    expect(receipts.saves[1]?.writeLock).not.toHaveProperty('holder')
    expect(receipts.saves[2]?.writeLock).toMatchObject({ holder: 4711, locks: 1 })
  })

  test('tells before how long writes will probably wait, and how long at most', async () => {
    const { world } = hospital()
    const { facts } = await takeDataFiles.plan(request, world)
    const told = Object.fromEntries(facts)
    expect(told['Writes']).toContain('a guess')
    expect(told['Writes']).toContain('never longer than 60 s')
    expect(told['Server']).toContain('nobody else takes the writes')
  })

  test('is never the latest backup, nor the measure of the next archive', async () => {
    const { world, shelf, entry } = await withCopy()
    await expect(latestBackup(medical, world.shelf(medical))).rejects.toMatchObject({
      code: 'NO_BACKUP',
    })
    expect(lastLike(await shelf.list(), true)).toBeUndefined()
    expect(entry.manifest.wholeInstance).toBe(true)
  })

  test('is verified by reading it again', async () => {
    const { world, shelf, entry } = await withCopy()
    const options = { deep: false, signal: new AbortController().signal, progress: () => undefined }
    expect(await verifyEntry(entry, medical, world, options)).toMatchObject({
      trust: 'sound',
      says: expect.stringContaining('9 data files') as string,
    })
    const bytes = shelf.files.get(entry.path) ?? Buffer.alloc(0)
    bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 0xff
    expect(await verifyEntry(entry, medical, world, options)).toMatchObject({ trust: 'damaged' })
  })

  test('is verified by its name alone, where no manifest is on the shelf', async () => {
    const { world, shelf, entry } = await withCopy()
    const options = { deep: false, signal: new AbortController().signal, progress: () => undefined }
    shelf.manifests.clear()
    expect(await verifyFile(entry.path, medical, world, options)).toMatchObject({
      id: null,
      trust: 'sound',
      says: expect.stringContaining('9 data files') as string,
    })
  })

  test('is brought to the places for copies, and the retention follows', async () => {
    const { world } = hospital()
    const place = new FakePlace()
    const plan = await takeDataFiles.plan(
      { ...request, retention: settings({ daily: 7 }) },
      { ...world, copies: [place] },
    )
    expect(Object.fromEntries(plan.facts)['Copy to']).toBe('usb (/mnt/usb)')
    expect(plan.steps.slice(-2).map(({ title }) => title)).toEqual([
      'Copy it to usb',
      'Apply the retention',
    ])
    const { result } = await carriedOut(plan, world)
    expect(result.copies).toMatchObject([{ to: 'usb', state: 'ok' }])
    expect(place.manifests.get(result.id)).toMatchObject({ content: 'dataFiles' })
  })

  test('goes on without a guard, and says what that means', async () => {
    const { world, guards } = hospital()
    guards.refuse = new Failure('environment', 'GUARD_FAILED', 'there is no mongosh', [])
    const { warnings } = await copied(world)
    expect(warnings).toEqual([expect.stringContaining('until the next ops command')])
  })
})

describe('files that the server wrote to while they were copied', () => {
  test('are fine where WiredTiger held what belongs to the backup', async () => {
    const { world, dataVolumes } = hospital()
    dataVolumes.mischief = { exitCode: 1 }
    await expect(copied(world)).resolves.toMatchObject({ result: { trust: 'sound' } })
  })

  test.each([
    ['where it did not', 1],
    ['nor where it did not and tar noticed nothing', 0],
  ])('are not %s', async (_when, exitCode) => {
    const { world, dataVolumes } = hospital()
    dataVolumes.mischief = exitCode === 0 ? {} : { exitCode }
    dataVolumes.tar = packed(dataFolder.filter(({ name }) => name !== './WiredTiger.backup'))
    await expect(copied(world)).rejects.toMatchObject({ code: 'COPY_FAILED', exitCode: 1 })
  })
})

describe('a copy that is not made', () => {
  test.each([
    ['an arbiter', { arbiter: true }, 'arbiter'],
    ['memory only', { engine: 'inMemory', persistent: false }, 'nothing on disk'],
    ['another engine', { engine: 'devnull' }, 'only files of wiredTiger'],
    ['encrypted files', { encrypted: true }, 'without its key'],
    ['a set of three', { members: ['a:1', 'b:1', 'c:1'] }, '3 members'],
  ])('%s: refused, saying why', async (_what, changes, reason) => {
    const { world, server } = hospital()
    server.storage = { ...server.storage, ...changes }
    await expect(takeDataFiles.plan(request, world)).rejects.toMatchObject({
      code: 'DATA_FILES_REFUSED',
      exitCode: 6,
      message: expect.stringContaining(reason) as string,
    })
    expect(server.log).toEqual([])
  })

  test('where backups are encrypted: refused before anything is locked, the copy would lie in clear', async () => {
    const { world, server, shelf } = hospital()
    await expect(takeDataFiles.plan(request, { ...world, keys: keyless })).rejects.toMatchObject({
      code: 'DATA_FILES_IN_CLEAR',
      exitCode: 6,
      message: expect.stringContaining('in clear') as string,
    })
    expect(server.log).toEqual([])
    expect(shelf.files.size).toBe(0)
  })

  test('an old server: refused', async () => {
    const { world, server } = hospital()
    server.facts = { ...server.facts, version: '4.4.29' }
    await expect(takeDataFiles.plan(request, world)).rejects.toMatchObject({
      code: 'DATA_FILES_REFUSED',
    })
  })

  test.each([
    ['in the container itself', []],
    ['in memory', [{ type: 'tmpfs', source: '', destination: '/data/db' }]],
    [
      'on two volumes',
      [
        { type: 'volume', source: 'mongo_data', destination: '/data/db' },
        { type: 'volume', source: 'mongo_journal', destination: '/data/db/journal' },
      ],
    ],
  ])('data files %s: refused', async (_where, mounts) => {
    const { world, stack } = hospital()
    stack.containers[0] = container('mongodb', { mounts })
    await expect(takeDataFiles.plan(request, world)).rejects.toMatchObject({
      code: 'NO_DATA_VOLUME',
      exitCode: 6,
    })
  })

  test('a server outside Docker: refused', async () => {
    const { world } = hospital()
    const nowhere = { ...world.containers, running: () => Promise.resolve(undefined) }
    await expect(
      takeDataFiles.plan(request, { ...world, containers: nowhere }),
    ).rejects.toMatchObject({ code: 'NO_DATA_VOLUME' })
  })

  test('a limit that the last copy says is too short: refused before anything is locked', async () => {
    const { world, server, shelf, entry } = await withCopy()
    const { manifest } = entry
    if (!manifest.dataFiles) throw new Error('it is a copy of data files')
    const slow = { ...manifest, dataFiles: { ...manifest.dataFiles, lockSeconds: 1 } }
    shelf.manifests.set(manifest.id, slow)
    await expect(takeDataFiles.plan(request, world)).rejects.toMatchObject({
      code: 'LOCK_LIMIT_TOO_SHORT',
      exitCode: 6,
    })
    expect(server.log).toEqual([])
  })

  test('a lock of somebody else: refused, and left alone', async () => {
    const { world, server } = hospital()
    server.locks = 1
    await expect(copied(world)).rejects.toMatchObject({ code: 'ALREADY_LOCKED', exitCode: 6 })
    expect(server.log).toEqual([])
    expect(server.locks).toBe(1)
  })
})

describe('a copy that goes wrong', () => {
  test.each([
    ['tar fails', { exitCode: 2 }, 'COPY_FAILED'],
    ['its stream is cut off', { cutAt: 3000 }, 'TAR_TRUNCATED'],
  ])('%s: writes go on, and nothing is on the shelf', async (_what, mischief, code) => {
    const { world, server, shelf, dataVolumes, receipts } = hospital()
    dataVolumes.mischief = mischief
    await expect(copied(world)).rejects.toMatchObject({ code })
    expect(server.log).toEqual(['flush', 'lock', 'unlock'])
    expect(shelf.files.size).toBe(0)
    expect(receipts.saves.at(-1)).toMatchObject({ state: 'rolled-back', writesLocked: false })
  })

  test('the disk of the shelf is full: writes go on', async () => {
    const { world, server, shelf } = hospital()
    shelf.refuse = new Failure('space', 'SHELF_FULL', 'the disk is full', [])
    await expect(copied(world)).rejects.toMatchObject({ code: 'SHELF_FULL', exitCode: 14 })
    expect(server.locks).toBe(0)
  })

  test('the server was started anew meanwhile: the copy is thrown away', async () => {
    const { world, server, shelf, dataVolumes } = hospital()
    dataVolumes.begun = () => {
      server.locks = 0
    }
    await expect(copied(world)).rejects.toMatchObject({
      code: 'LOCK_LOST',
      exitCode: 1,
    })
    expect(shelf.files.size).toBe(0)
  })

  test('Ctrl-C: writes go on before anything else is done', async () => {
    const { world, server, shelf, dataVolumes } = hospital()
    const stop = new AbortController()
    dataVolumes.mischief = { copyWaits: new Promise((resolve) => setTimeout(resolve, 20)) }
    const plan = await takeDataFiles.plan(request, world)
    const running = carriedOut(plan, world, stop.signal)
    setTimeout(() => {
      stop.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
    }, 5)
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 })
    expect(server.locks).toBe(0)
    expect(shelf.files.size).toBe(0)
  })

  test('the limit is reached: writes go on, and the copy is given up', async () => {
    const { world, server, dataVolumes } = hospital()
    dataVolumes.mischief = { copyWaits: new Promise((resolve) => setTimeout(resolve, 20)) }
    // The limit alone passes; whatever else is waited for does not.
    const sleep = (milliseconds: number) =>
      milliseconds === 60_000 ? Promise.resolve() : new Promise<void>(() => undefined)
    const hasty = { ...world, clock: { ...world.clock, sleep } }
    await expect(copied(hasty)).rejects.toMatchObject({
      code: 'LOCK_LIMIT_REACHED',
      exitCode: 124,
    })
    expect(server.locks).toBe(0)
  })

  test('ops stands still past the limit, and then finds everything copied: thrown away', async () => {
    const { world, server, shelf, clock, dataVolumes, guards } = hospital()
    dataVolumes.begun = () => {
      // What was suspended hears its own alarm too late.
      clock.advance(90_000)
    }
    await expect(copied(world)).rejects.toMatchObject({ code: 'LOCK_LIMIT_REACHED' })
    expect(server.locks).toBe(0)
    expect(shelf.files.size).toBe(0)
    expect(guards.limit).toBe(63_000)
  })

  test('its guard released the writes meanwhile: thrown away', async () => {
    const { world, server, shelf, dataVolumes } = hospital()
    dataVolumes.begun = () => {
      server.locks = 0
    }
    await expect(copied(world)).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(shelf.files.size).toBe(0)
  })

  test('the lock is granted only after it was given up on: it is released then', async () => {
    const { world, server } = hospital()
    let grant: () => void = () => undefined
    server.mischief.lockWaits = new Promise((resolve) => {
      grant = resolve
    })
    const stop = new AbortController()
    const running = carriedOut(await takeDataFiles.plan(request, world), world, stop.signal)
    setTimeout(() => {
      stop.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
    }, 5)
    setTimeout(() => {
      grant()
    }, 15)
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(server.locks).toBe(0)
    expect(server.log).toEqual(['flush', 'lock', 'unlock'])
  })

  test('the server does not hear any more: the record keeps saying that writes may be blocked', async () => {
    const { world, server, receipts, clock } = hospital()
    server.mischief.deaf = true
    const sleep = (milliseconds: number, signal?: AbortSignal) =>
      milliseconds === 1000 ? clock.sleep(milliseconds, signal) : new Promise<void>(() => undefined)
    const running = copied({ ...world, clock: { ...world.clock, sleep } })
    await expect(running).rejects.toMatchObject({ code: 'WRITES_STAY_LOCKED', exitCode: 1 })
    expect(receipts.saves.at(-1)).toMatchObject({ writesLocked: true })
  })
})
