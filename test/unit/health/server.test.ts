import { expect, test } from 'vitest'
import type { HealthTarget } from '../../../src/checks/health/evidence.js'
import { blindly, saw } from '../status/scene.js'
import { at, aTarget, judgedOf } from './scene.js'

/** What one check of the server is, after these changes. */
function found(what: string, changes: Partial<HealthTarget>) {
  return judgedOf({ targets: [aTarget(changes)] })[`mongo:medical:${what}`]
}

const severity = (what: string, changes: Partial<HealthTarget>) => found(what, changes)?.severity

const server = aTarget().server
const facts = server.state === 'seen' ? server.facts : undefined
if (!facts) throw new Error('a scene')

test('a server that does not answer fails, and nothing else of it is called good', () => {
  const refused = {
    state: 'refused' as const,
    code: 'MONGO_UNREACHABLE',
    message: 'it does not answer',
    next: ['ops stack ps'],
  }
  const all = judgedOf({
    targets: [
      {
        ...aTarget(),
        server: refused,
        write: refused,
        pressure: refused,
        long: refused,
        oplog: refused,
        members: refused,
        indexes: refused,
        certificate: refused,
      },
    ],
  })
  const own = Object.values(all).filter(({ id }) => id.startsWith('mongo:'))
  expect(own.filter(({ severity: one }) => one === 'ok')).toEqual([])
  expect(all['mongo:medical:ping']).toMatchObject({ severity: 'fail' })
  expect(all['mongo:medical:ping']?.next[0]).toBe('ops dr container mongodb')
  expect(all['clock:medical']?.severity).toBe('unknown')
})

test('an answer that takes long, and a server that takes no writes', () => {
  expect(severity('ping', { server: saw({ ...facts, milliseconds: 1500 }) })).toBe('warn')
  expect(severity('primary', { server: saw({ ...facts, primary: false }) })).toBe('fail')
})

test('a write is good only where a majority confirmed it soon', () => {
  expect(severity('write', { write: saw({ kind: 'confirmed', milliseconds: 5 }) })).toBe('ok')
  expect(severity('write', { write: saw({ kind: 'confirmed', milliseconds: 4000 }) })).toBe('warn')
  for (const kind of ['not allowed', 'standalone', 'not primary'] as const)
    expect(severity('write', { write: saw({ kind }) }), kind).toBe('unknown')
  const unconfirmed = {
    state: 'refused' as const,
    code: 'WRITE_NOT_CONFIRMED',
    message: 'no majority',
    next: [],
  }
  expect(severity('write', { write: unconfirmed })).toBe('fail')
})

test('connections, what runs long, oplog and cache by their limits', () => {
  const connections = (current: number) =>
    severity('connections', {
      pressure: saw({ connections: { current, available: 1000 - current } }),
    })
  expect([connections(10), connections(850), connections(990)]).toEqual(['ok', 'warn', 'fail'])
  const long = saw([{ id: '12', kind: 'query', namespace: 'medical_records.a', seconds: 400 }])
  expect(found('slow', { long })).toMatchObject({ severity: 'warn' })
  expect(severity('oplog', { oplog: saw({ seconds: 60, full: false }) })).toBe('ok')
  expect(severity('oplog', { oplog: saw({ seconds: 3600, full: true }) })).toBe('warn')
  expect(severity('oplog', { oplog: saw(null) })).toBeUndefined()
  const cache = (used: number, dirty: number) =>
    severity('cache', {
      pressure: saw({
        connections: { current: 1, available: 9 },
        cache: { maximumBytes: 100, usedBytes: used, dirtyBytes: dirty },
      }),
    })
  expect([cache(80, 5), cache(96, 5), cache(80, 25)]).toEqual(['ok', 'warn', 'fail'])
})

test('a set without a primary fails, and so does one that cannot lose another member', () => {
  const member = (name: string, state: string, reachable = true) => ({ name, state, reachable })
  const set = (...all: ReturnType<typeof member>[]) => severity('members', { members: saw(all) })
  expect(set(member('a', 'PRIMARY'), member('b', 'SECONDARY'), member('c', 'SECONDARY'))).toBe('ok')
  expect(set(member('a', 'SECONDARY'), member('b', 'SECONDARY'))).toBe('fail')
  expect(set(member('a', 'PRIMARY'), member('b', 'SECONDARY'), member('c', 'DOWN', false))).toBe(
    'fail',
  )
  expect(set(member('a', 'PRIMARY'), member('b', 'RECOVERING'), member('c', 'SECONDARY'))).toBe(
    'warn',
  )
})

test('a member that is meant to stay behind is behind only beyond that', () => {
  const behind = (seconds: number, delaySeconds?: number) =>
    severity('members', {
      members: saw([
        { name: 'a', state: 'PRIMARY', reachable: true, writtenAt: at },
        {
          name: 'b',
          state: 'SECONDARY',
          reachable: true,
          writtenAt: new Date(Date.parse(at) - seconds * 1000).toISOString(),
          ...(delaySeconds === undefined ? {} : { delaySeconds }),
        },
        { name: 'c', state: 'SECONDARY', reachable: true, writtenAt: at },
      ]),
    })
  expect([behind(3605), behind(3605, 3600), behind(3700, 3600)]).toEqual(['warn', 'ok', 'warn'])
})

test('an index that ops.yaml expects is there, or its making is what to type', () => {
  const indexes = (key: Record<string, unknown>) =>
    saw([
      { namespace: 'medical_records.a.b', expected: ['patient.name', 'at:-1'], found: [{ key }] },
    ])
  const lacking = found('indexes', { indexes: indexes({ 'patient.name': 1 }) })
  expect(lacking).toMatchObject({ severity: 'fail', because: 'medical_records.a.b: at:-1' })
  expect(lacking?.next[0]).toContain('.getCollection("a.b").createIndex({"at":-1})')
  expect(severity('indexes', { indexes: saw([]) })).toBeUndefined()
})

test('a certificate is told of a month before it ends, and fails in its last week', () => {
  const certificate = (days: number) => ({
    certificate: saw({
      subject: 'mongodb',
      validTo: new Date(Date.parse('2026-11-21T14:00:00Z') + days * 86_400_000).toISOString(),
    }),
  })
  expect(severity('certificate', certificate(90))).toBe('ok')
  expect(severity('certificate', certificate(20))).toBe('warn')
  expect(severity('certificate', certificate(3))).toBe('fail')
  expect(severity('certificate', certificate(-1))).toBe('fail')
})

test('what this user may not ask is unknown', () => {
  for (const [what, part] of [
    ['connections', 'pressure'],
    ['cache', 'pressure'],
    ['slow', 'long'],
    ['oplog', 'oplog'],
    ['members', 'members'],
    ['indexes', 'indexes'],
    ['certificate', 'certificate'],
  ] as const)
    expect(severity(what, { [part]: blindly }), what).toBe('unknown')
})
