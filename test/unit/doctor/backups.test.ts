import { describe, expect, test } from 'vitest'
import {
  judgeDatabases,
  judgeDisk,
  judgeManifests,
  judgeNewestBackup,
  judgeSpace,
} from '../../../src/checks/doctor/backups.js'
import type { CatalogFacts } from '../../../src/checks/doctor/evidence.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import { judgeCutOff, judgeLock } from '../../../src/checks/doctor/past.js'
import { folder, lastNight, now, refusal, saw, silence, target, told } from './scene.js'

describe('room on the shelf', () => {
  const judged = (freeBytes: number) => judgeSpace(target({ freeBytes: saw(freeBytes) }))

  test('for one backup is too little to restore in peace, for less than one is none', () => {
    expect(judged(200e6).severity).toBe('ok')
    expect(judged(199e6).severity).toBe('warn')
    expect(judged(99e6)).toMatchObject({
      severity: 'fail',
      says: '99 MB free on the shelf, the next backup needs about 100 MB',
      value: { freeBytes: 99e6, neededBytes: 100e6 },
    })
  })

  test('is unknown where either side of it is', () => {
    expect(judgeSpace(target({ freeBytes: silence })).severity).toBe('unknown')
    expect(judgeSpace(target({ nextBackup: silence })).severity).toBe('unknown')
  })
})

test('a database that is not there fails; a server that was not asked says nothing of them', () => {
  expect(told(judgeDatabases(target()))).toBe('ok: backed up: medical_records')
  expect(judgeDatabases(target({ nextBackup: refusal('DATABASE_MISSING') })).severity).toBe('fail')
  expect(judgeDatabases(target({ nextBackup: silence })).severity).toBe('unknown')
  const guessed = saw({ neededBytes: 1, guessedFrom: 'the last backup' })
  expect(
    judgeDatabases(target({ nextBackup: guessed, connection: refusal('MONGO_UNREACHABLE') })),
  ).toMatchObject({ severity: 'unknown', because: 'MONGO_UNREACHABLE happened' })
  const empty = saw({ databases: [], neededBytes: 1, guessedFrom: '' })
  expect(judgeDatabases(target({ nextBackup: empty })).severity).toBe('warn')
})

test('shelf and data on one file system are a warning, and no finding where the data cannot be seen', () => {
  expect(judgeDisk('medical', saw(folder({ device: 2 })), saw([2])).map(told)).toEqual([
    'warn: the shelf and the data lie on the same file system',
  ])
  expect(judgeDisk('medical', saw(folder({ device: 2 })), saw([3])).map(told)).toEqual([
    'ok: the shelf and the data lie on different file systems',
  ])
  expect(judgeDisk('medical', saw(folder()), saw([]))).toEqual([])
  expect(judgeDisk('medical', silence, saw([2]))).toEqual([])
})

describe('the newest backup', () => {
  const judged = (changes: Partial<CatalogFacts>, at = now) => {
    const catalog = { count: 1, unreadable: [], ...changes }
    return judgeNewestBackup(
      { name: 'medical', catalog: saw(catalog), backupAgeSeconds: 26 * 3600 },
      at,
    )
  }
  const good = { newest: lastNight, newestGood: lastNight }

  test('of last night is fine, with its age for monitors', () => {
    expect(judged(good)).toMatchObject({
      severity: 'ok',
      says: 'the newest good backup is 11 h old and sound',
      value: { id: lastNight.id, ageSeconds: 39_600 },
    })
  })

  test('older than what was promised fails', () => {
    expect(judged(good, '2026-11-22T04:00:01.000Z')).toMatchObject({
      severity: 'fail',
      says: 'the newest good backup is 26 h old',
      next: ['ops backup --target medical'],
    })
  })

  test('that does not exist fails', () => {
    expect(told(judged({ count: 0 }))).toBe('fail: there is no backup')
  })

  test('fails where none can be relied on, and says what is wrong with the newest', () => {
    const damaged = { ...lastNight, trust: 'damaged' as const }
    expect(judged({ count: 2, newest: damaged })).toMatchObject({
      severity: 'fail',
      says: 'none of 2 backups can be relied on',
      because: `the newest, ${lastNight.id}, is damaged`,
    })
    expect(judged({ newest: { ...lastNight, present: false } }).because).toContain('is missing')
  })

  test('that is not the newest good one is a warning', () => {
    const newest = { ...lastNight, id: 'medical-20261121T120000Z', trust: 'unverified' as const }
    expect(told(judged({ newest, newestGood: lastNight }))).toBe(
      'warn: the newest good backup is 11 h old; the one after it is unverified',
    )
  })

  test('from the future is a warning about clocks', () => {
    expect(told(judged(good, '2026-11-21T01:00:00.000Z'))).toBe(
      'warn: the newest good backup was taken 60 min in the future',
    )
  })

  test('on a shelf that cannot be read is unknown', () => {
    const found = judgeNewestBackup(
      { name: 'medical', catalog: refusal('SHELF_UNWRITABLE'), backupAgeSeconds: 1 },
      now,
    )
    expect(found.severity).toBe('unknown')
  })
})

test('a manifest that cannot be read is named', () => {
  const unreadable = [{ file: '/shelf/medical/a.json', reason: 'not JSON' }]
  expect(judgeManifests('medical', saw({ count: 1, unreadable }))).toMatchObject({
    severity: 'warn',
    because: '/shelf/medical/a.json: not JSON',
    next: ['ops backup verify /shelf/medical/a.archive.gz'],
  })
  expect(judgeManifests('medical', saw({ count: 1, unreadable: [] })).severity).toBe('ok')
  expect(judgeManifests('medical', silence).severity).toBe('unknown')
})

test('a procedure that was cut off fails, with the way back and the way on', () => {
  const receipt = {
    id: 'restore-20261121T110000Z-aaa1',
    command: 'restore',
    title: 'restore medical',
    startedAt: '2026-11-21T11:00:00.000Z',
    state: 'started' as const,
  }
  expect(judgeCutOff('medical', saw([receipt]))).toMatchObject({
    severity: 'fail',
    says: '"restore medical" was cut off half-way',
    next: ['ops undo restore-20261121T110000Z-aaa1', 'ops restore'],
  })
  expect(told(judgeCutOff('medical', saw([receipt, receipt])))).toContain('and 1 more')
  expect(judgeCutOff('medical', saw([])).severity).toBe('ok')
  expect(judgeCutOff('medical', silence).severity).toBe('unknown')
})

test('an undo that put damaged data files in place again ended as it should, and fails all the same', () => {
  const receipt = {
    id: 'undo-20261121T110000Z-aaa1',
    command: 'undo',
    title: 'take back "bring medical back from damage"',
    startedAt: '2026-11-21T11:00:00.000Z',
    state: 'done' as const,
    dataFiles: { folder: 'a', volume: 'b', inPlace: 'before' as const, damagedBefore: true },
  }
  expect(judgeCutOff('medical', saw([receipt]))).toMatchObject({
    severity: 'fail',
    says: '"take back "bring medical back from damage"" put damaged data files in place again',
    because: expect.stringContaining('the data files are damaged') as unknown,
    next: [
      'ops undo undo-20261121T110000Z-aaa1',
      'ops dr corruption --target medical --assume-damaged',
    ],
  })
})

test('what failed half-way, or gave back half of it, is not called cut off', () => {
  const receipt = {
    id: 'restore-20261121T110000Z-aaa1',
    command: 'restore',
    title: 'restore medical',
    startedAt: '2026-11-21T11:00:00.000Z',
  }
  const says = (state: Receipt['state']) =>
    judgeCutOff('medical', saw([{ ...receipt, state }])).says
  expect(says('failed')).toBe('"restore medical" failed half-way, and was not taken back')
  expect(says('undone')).toBe('"restore medical" left the data half done, as it had found it')
})

describe('the lock', () => {
  const owner = {
    command: 'backup',
    pid: 99,
    host: 'db01',
    user: 'root',
    since: '2026-11-21T12:50:00.000Z',
  }
  const judged = (facts: { owner?: typeof owner; gone?: boolean }) =>
    judgeLock('medical', saw(facts), now)

  test('that nobody holds, or a run that is on its way, is fine', () => {
    expect(judged({}).severity).toBe('ok')
    expect(told(judged({ owner, gone: false }))).toBe(
      'ok: held by "ops backup" of root (process 99 on db01) for 10 min',
    )
  })

  test('of a holder that is gone is a warning', () => {
    expect(told(judged({ owner, gone: true }))).toBe(
      'warn: the lock of a run that is gone is still there',
    )
  })

  test('held for more than a day is a warning', () => {
    const since = '2026-11-20T12:00:00.000Z'
    expect(judged({ owner: { ...owner, since }, gone: false }).severity).toBe('warn')
  })

  test('of a run on another machine is unknown: only that machine can tell', () => {
    expect(judged({ owner }).severity).toBe('unknown')
  })

  test('that ops did not write fails: no run could begin', () => {
    expect(judgeLock('medical', refusal('TARGET_LOCKED'), now).severity).toBe('fail')
    expect(judgeLock('medical', silence, now).severity).toBe('unknown')
  })
})
