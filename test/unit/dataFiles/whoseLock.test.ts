import { describe, expect, test } from 'vitest'
import type { StandingLock, WriteLockRecord } from '../../../src/domain/writeLock.js'
import { whoseLock } from '../../../src/procedures/dataFiles/whoseLock.js'

const record: WriteLockRecord = {
  askedAt: '2026-11-21T13:00:00.000Z',
  process: 'one',
  connection: 7,
  holder: 40,
  locks: 1,
  guarded: true,
}
const standing: StandingLock = { process: 'one', holder: 40, takers: [7] }

function whose(changes: Partial<WriteLockRecord>, now: Partial<StandingLock> = {}) {
  return whoseLock({ ...record, ...changes }, { ...standing, ...now }).whose
}

/** Without what a server, or this user, is not told. */
function without<Facts extends object>(facts: Facts, ...names: readonly (keyof Facts)[]): Facts {
  const entries = Object.entries(facts).filter(([name]) => !names.includes(name as keyof Facts))
  return Object.fromEntries(entries) as Facts
}

describe('a lock that stands is ours', () => {
  test("where the server's log names our connection alone", () => {
    expect(whose({})).toBe('ours')
  })

  test('also where the run was killed before it knew what holds it', () => {
    const early = without(record, 'holder', 'locks')
    expect(whoseLock(early, standing).whose).toBe('ours')
  })

  test('where the log does not reach back, but nothing else can have released it', () => {
    const silent = without(standing, 'takers')
    expect(whoseLock({ ...record, guarded: false }, silent).whose).toBe('ours')
  })
})

describe('a lock that stands is somebody else’s', () => {
  test('where the server was started again since', () => {
    expect(whose({}, { process: 'two' })).toBe('another')
  })

  test('where ours was released and another one taken since', () => {
    expect(whose({}, { holder: 41, takers: [9] })).toBe('another')
    expect(whoseLock(record, { process: 'one', holder: 41 }).whose).toBe('another')
  })
})

describe('nothing is proved', () => {
  test('by a record that says nothing', () => {
    expect(whoseLock(undefined, standing).whose).toBe('unproven')
  })

  test('where the server does not say which process it is', () => {
    expect(whoseLock(record, without(standing, 'process')).whose).toBe('unproven')
    expect(whoseLock(without(record, 'process'), standing).whose).toBe('unproven')
  })

  test('where another one took a lock besides ours: either may be the one that is left', () => {
    expect(whose({}, { takers: [7, 9] })).toBe('unproven')
    expect(whose({}, { takers: [9] })).toBe('unproven')
    expect(
      whoseLock({ ...record, guarded: false, locks: 2 }, without(standing, 'takers')).whose,
    ).toBe('unproven')
  })

  test('where the log does not reach back, and its guard may have released it', () => {
    expect(whoseLock(record, without(standing, 'takers')).whose).toBe('unproven')
  })
})
