import { describe, expect, test } from 'vitest'
import type { SlowSeen } from '../../../src/checks/troubleshoot/evidence.js'
import type { LockOwner } from '../../../src/ports/locks.js'
import type { RunningOperation } from '../../../src/ports/operations.js'
import { slowOperation } from '../../fakes/operations.js'
import { doing, judged, now, only, saw, target } from './scene.js'

const busy = (changes: Parameters<typeof doing>[0], more: Parameters<typeof target>[0] = {}) =>
  judged({ targets: [target({ doing: saw(doing(changes)), ...more })] })

const owner: LockOwner = {
  command: 'backup',
  pid: 99,
  host: 'db01',
  user: 'root',
  since: '2026-11-21T02:00:00.000Z',
}
const path = '/state/locks/medical.lock'

describe('slow', () => {
  test('an operation that takes long is offered to be ended, if it only reads', () => {
    const { symptoms } = busy({ operations: saw([slowOperation()]) })
    expect(only(symptoms, 'long-operation')).toMatchObject({
      severity: 'warn',
      fix: { kind: 'operation', operation: { opid: 4711 } },
    })
    const writing = busy({ operations: saw([slowOperation({ command: 'update', writes: true })]) })
    expect(only(writing.symptoms, 'long-operation').fix).toBeNull()
  })

  test.each([
    ['a backup', { application: 'mongodump' }],
    ['ops itself', { application: 'ops' }],
    ['replication', { namespace: 'local.oplog.rs' }],
    ['one that has just begun', { seconds: 2 }],
  ])('%s is let alone', (_, changes) => {
    expect(busy({ operations: saw([slowOperation(changes)]) }).symptoms).toEqual([])
  })

  test('what the server does by itself is let alone', () => {
    const internal: RunningOperation = {
      opid: 3,
      namespace: 'medical_records.visits',
      command: 'none',
      startedAt: now,
      seconds: 100,
      waitsForLock: false,
      exclusive: false,
      writes: true,
    }
    expect(busy({ operations: saw([internal]) }).symptoms).toEqual([])
  })

  const query: SlowSeen = {
    namespace: 'medical_records.healthcare_data',
    fields: ['billing.billing_amount'],
    scansAll: true,
    times: 3,
    milliseconds: 240,
    examined: 54_966,
    returned: 1,
    last: now,
    wantsIndex: true,
  }

  test('an index is missed where queries read every document, the field is there and none begins with it', () => {
    const { symptoms } = busy({ slow: saw([query]) })
    expect(only(symptoms, 'missing-index').fix).toMatchObject({
      kind: 'index',
      field: 'billing.billing_amount',
    })
  })

  test.each([
    ['the field is not there, or is indexed', { wantsIndex: false }],
    ['it used an index', { scansAll: false }],
    ['it wanted nearly all of them', { returned: 50_000 }],
    ['it compared nothing', { fields: [] }],
  ])('and not where %s', (_, changes) => {
    expect(busy({ slow: saw([{ ...query, ...changes }]) }).symptoms).toEqual([])
  })
})

describe('lock', () => {
  test('who waits is a victim: told is who holds the lock, and the victim is not offered to be ended', () => {
    const victim = slowOperation({ opid: 1, waitsForLock: true })
    const holder = slowOperation({ opid: 2, command: 'validate', exclusive: true, writes: true })
    const { symptoms } = busy({ operations: saw([victim, holder]) })
    const found = only(symptoms, 'held-by-operation')
    expect(found.because.join('\n')).toContain('operation 1 (find')
    expect(found.next.join('\n')).toContain('killOp(2)')
    expect(JSON.stringify(symptoms)).not.toContain('killOp(1)')
    expect(symptoms.every(({ fix }) => fix === null)).toBe(true)
  })

  test('where the holder is not to be seen the cause is not known', () => {
    const { symptoms } = busy({ operations: saw([slowOperation({ waitsForLock: true })]) })
    expect(only(symptoms, 'waits-for-lock')).toMatchObject({ severity: 'unknown', fix: null })
  })

  test('one that a dead run left is offered to be taken away', () => {
    const { symptoms } = busy({}, { locks: saw([{ owner, path, gone: true }]) })
    expect(only(symptoms, 'stale-lock')).toMatchObject({
      severity: 'warn',
      fix: { kind: 'stale lock' },
    })
  })

  test('one of another machine is not known to be left', () => {
    const { symptoms } = busy({}, { locks: saw([{ owner, path }]) })
    expect(only(symptoms, 'lock-of-another-machine')).toMatchObject({
      severity: 'unknown',
      fix: null,
    })
  })

  test('one that a run holds now is nothing wrong, until it has been a day', () => {
    const live = { owner: { ...owner, since: '2026-11-21T13:00:00.000Z' }, path, gone: false }
    expect(busy({}, { locks: saw([live]) }).symptoms).toEqual([])
    const old = { ...live, owner: { ...owner, since: '2026-11-19T13:00:00.000Z' } }
    expect(busy({}, { locks: saw([old]) }).causes).toEqual(['run-does-not-end'])
  })

  const taker = { connection: 42, at: '2026-11-21T12:00:00.000Z', open: false }
  const blocked = { writesLocked: saw(true), lockTaker: saw(taker) }

  test('writes that are blocked are for people: a script may lock, hang up and copy', () => {
    const { symptoms } = busy(blocked)
    expect(only(symptoms, 'write-lock')).toMatchObject({ severity: 'fail', fix: null })
    const [candidate] = only(symptoms, 'write-lock').candidates
    expect(candidate).toMatchObject({ cause: 'copy-under-way' })
    expect(candidate).toHaveProperty('needs')
    expect(symptoms).toHaveLength(1)
  })

  test('writes that wait for a copy of ops are told as that', () => {
    const { causes } = busy(blocked, { locks: saw([{ owner, path, gone: false }]) })
    expect(causes).toContain('copy-under-way')
  })
})
