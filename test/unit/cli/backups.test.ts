import { describe, expect, test } from 'vitest'
import { findBackup, listBackups, ownerOf } from '../../../src/cli/backupEntries.js'
import { showLogs } from '../../../src/cli/showLogs.js'
import { backUpEach } from '../../../src/cli/takeBackups.js'
import {
  everyBackup,
  namedBackup,
  requireSound,
  verificationPlan,
} from '../../../src/cli/verifyBackups.js'
import { Failure } from '../../../src/domain/failure.js'
import type { World } from '../../../src/ports/world.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'
import { stackScene } from '../stack/scene.js'
import { fakeDoor } from './door.js'

const retention = { timeZone: 'UTC', trashSeconds: 60, neededBy: () => () => [] }
const billing = { ...medical, name: 'billing' }
const broken = Buffer.from('this is not an archive')

/** Two targets, of which `medical` has one backup whose file is no archive. */
function scene() {
  const shelves = { medical: new FakeShelf(), billing: new FakeShelf('/shelf/billing', 'billing') }
  const known = manifestFor('medical-20261121T130204Z', broken)
  shelves.medical.manifests.set(known.id, known)
  shelves.medical.files.set(`${shelves.medical.folder}/${known.file}`, broken)
  const { world: base, server } = fakeWorld()
  server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
  const shelf: World['shelf'] = ({ name }) =>
    name === 'billing' ? shelves.billing : shelves.medical
  return { world: { ...base, shelf }, server, shelves, known }
}

describe('the list of backups', () => {
  test('has every target, the newest first, without what only a restore reads', async () => {
    const { world, shelves, known } = scene()
    const newer = manifestFor('billing-20261121T140000Z', broken, {
      target: 'billing',
      takenAt: '2026-11-21T14:00:00.000Z',
    })
    shelves.billing.manifests.set(newer.id, newer)
    const { backups } = await listBackups([medical, billing], retention, world)
    expect(backups.map(({ id, present }) => [id, present])).toEqual([
      [newer.id, false],
      [known.id, true],
    ])
    expect(backups[1]).not.toHaveProperty('compression')
    expect(backups[1]?.copies).toEqual([])
  })

  test('finds a backup by its id alone, on the shelf its name says', async () => {
    const { world, known } = scene()
    expect((await findBackup(known.id, [billing, medical], world)).target).toBe(medical)
    expect((await findBackup('latest', [medical], world)).entry.manifest.id).toBe(known.id)
    expect(ownerOf('medical-20261121T130204Z', [billing])).toBeUndefined()
  })

  test('does not guess whose latest is meant', async () => {
    const { world } = scene()
    await expect(findBackup('latest', [medical, billing], world)).rejects.toMatchObject({
      code: 'TARGET_REQUIRED',
    })
    await expect(findBackup('latest', [], world)).rejects.toMatchObject({ code: 'TARGET_REQUIRED' })
  })
})

describe('verifying', () => {
  test('judges every backup, records it, and fails when one is damaged', async () => {
    const { world, shelves, known } = scene()
    const wanted = await everyBackup([medical, billing], world)
    const { result, events } = await carriedOut(verificationPlan(wanted, false, world), world)
    expect(result.backups).toMatchObject([{ id: known.id, trust: 'damaged' }])
    expect(shelves.medical.manifests.get(known.id)?.trust).toBe('damaged')
    expect(events.some(({ kind }) => kind === 'amount')).toBe(true)
    expect(() => requireSound(result, false)).toThrow(
      expect.objectContaining({ code: 'BACKUP_DAMAGED', exitCode: 12 }),
    )
    expect(requireSound({ backups: [], slices: [] }, true)).toEqual({ backups: [], slices: [] })
  })

  test('takes a path for a file, and an id for a backup', async () => {
    const { world, known } = scene()
    expect(await namedBackup('dump.gz', [medical], '/srv', world)).toEqual({
      kind: 'file',
      path: '/srv/dump.gz',
      target: medical,
    })
    expect(await namedBackup(known.id, [medical], '/srv', world)).toMatchObject({ kind: 'backup' })
  })
})

describe('backing up every target', () => {
  const request = (targets: (typeof medical)[]) => ({
    targets,
    engine: undefined,
    compression,
    retention,
  })

  test('goes on past one that fails, and fails at the end with what was taken', async () => {
    const { world, server } = scene()
    const absent = { ...billing, databases: ['nowhere'] }
    expect(server.databases.has('nowhere')).toBe(false)
    const { door } = fakeDoor({ quiet: true })
    await expect(backUpEach(request([absent, medical]), world, {}, door)).rejects.toMatchObject({
      code: 'DATABASE_MISSING',
      message: expect.stringContaining('1 of 2 targets were not backed up (billing)') as string,
      facts: {
        taken: [expect.stringMatching(/^medical-/)],
        failed: [{ target: 'billing', code: 'DATABASE_MISSING' }],
      },
    })
    expect(door.warnings[0]).toContain('billing was not backed up')
  })

  test('tells a copy that failed from a backup that did', async () => {
    const { world } = scene()
    const usb = new FakePlace()
    usb.refuse = new Failure('space', 'COPY_FULL', 'no space is left', ['df -h'])
    const { door } = fakeDoor({ quiet: true })
    const both = backUpEach(request([medical, billing]), { ...world, copies: [usb] }, {}, door)
    await expect(both).rejects.toMatchObject({
      kind: 'partial',
      code: 'COPY_FULL',
      message: expect.stringContaining(
        '2 of 2 targets were backed up, but not all was done',
      ) as string,
      next: expect.arrayContaining(['ops backup copy --target medical']) as string[],
    })
    expect(door.warnings[0]).toContain('"back up medical" is done and good')
  })

  test('takes one of each', async () => {
    const { world } = scene()
    const { door } = fakeDoor({ quiet: true })
    const all = await backUpEach(request([medical, billing]), world, {}, door)
    expect(all).toMatchObject({ backups: [{ target: 'medical' }, { target: 'billing' }] })
  })

  test('a dry run plans each and takes none', async () => {
    const { world, shelves } = scene()
    const { door } = fakeDoor({ quiet: true })
    const all = await backUpEach(request([medical, billing]), world, { 'dry-run': true }, door)
    expect(all).toMatchObject({ dryRuns: [{ dryRun: true }, { dryRun: true }] })
    expect(shelves.billing.manifests.size).toBe(0)
  })
})

describe('showing logs', () => {
  test('prints lines made harmless, or hands them back under --json', async () => {
    const { project, world } = stackScene()
    project.logs = { mongodb: ['a\u001b[2J'] }
    const { door, written } = fakeDoor()
    await showLogs(['mongodb'], { follow: false }, world, door)
    await new Promise(setImmediate)
    expect(written.stdout).toBe('a\\u001b[2J\n')
    const json = fakeDoor({ json: true }).door
    expect(await showLogs(['mongodb'], { follow: false, since: '1h' }, world, json)).toEqual({
      lines: ['a\u001b[2J'],
    })
  })

  test('cannot follow for ever in one JSON object', async () => {
    const { world } = stackScene()
    await expect(
      showLogs([], { follow: true }, world, fakeDoor({ json: true }).door),
    ).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('ends quietly when the reader has gone, and with the reason otherwise', async () => {
    const { world } = stackScene()
    const endless: World = {
      ...world,
      compose: {
        ...world.compose,
        logs: (_stack, _services, _options, _say, signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error)
            })
          }),
      },
    }
    const { door } = fakeDoor()
    const ending = showLogs([], { follow: true }, endless, door)
    setImmediate(() => door.stdout.emit('error', new Error('EPIPE')))
    expect(await ending).toEqual({ lines: [] })

    const { door: other, stopWith } = fakeDoor()
    const ctrlC = new Failure('interrupted', 'INTERRUPTED', 'x', [])
    setImmediate(() => {
      stopWith(ctrlC)
    })
    await expect(showLogs([], { follow: true }, endless, other)).rejects.toBe(ctrlC)
  })
})
