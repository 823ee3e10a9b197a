import { describe, expect, test } from 'vitest'
import { runningOperation } from '../../../src/adapters/mongo/runningOperation.js'
import { lockTakersIn, slowQueriesIn } from '../../../src/adapters/mongo/serverLog.js'

const line = (at: string, msg: string, attr: object, ctx = 'conn7') =>
  JSON.stringify({ t: { $date: at }, s: 'I', c: 'COMMAND', id: 51803, ctx, msg, attr })

const slow = (at: string, changes: object = {}) =>
  line(at, 'Slow query', {
    ns: 'medical_records.visits',
    command: { find: 'visits', filter: { ward: { $gt: 3 }, $and: [{ name: 'Bobby' }] } },
    planSummary: 'COLLSCAN',
    docsExamined: 1000,
    nreturned: 2,
    durationMillis: 150,
    ...changes,
  })

describe('slow queries of a server’s log', () => {
  const since = Date.parse('2026-11-21T13:00:00Z')

  test('are counted by what they compare, and hold no value', () => {
    const found = slowQueriesIn(
      [
        slow('2026-11-21T13:10:00.000+00:00'),
        slow('2026-11-21T13:20:00.000+00:00', { durationMillis: 300 }),
        slow('2026-11-21T12:20:00.000+00:00', { durationMillis: 900 }),
        'no JSON',
      ],
      since,
    )
    expect(found).toMatchObject([
      { fields: ['ward', 'name'], times: 2, milliseconds: 300, scansAll: true, examined: 1000 },
    ])
    expect(JSON.stringify(found)).not.toContain('Bobby')
  })

  test.each([
    [
      'an aggregation',
      { command: { aggregate: 'visits', pipeline: [{ $match: { ward: 1 } }] } },
      ['ward'],
    ],
    ['a count', { command: { count: 'visits', query: { ward: 1 } } }, ['ward']],
    [
      'a later batch',
      { command: { getMore: 1 }, originatingCommand: { find: 'visits', filter: { ward: 1 } } },
      ['ward'],
    ],
    [
      'alternatives',
      { command: { find: 'visits', filter: { $or: [{ ward: 1 }, { name: 1 }] } } },
      [],
    ],
  ])('of %s', (_, changes, fields) => {
    expect(slowQueriesIn([slow('2026-11-21T13:10:00.000Z', changes)], since)).toMatchObject([
      { fields },
    ])
  })

  test('of the server’s own databases are none', () => {
    expect(
      slowQueriesIn([slow('2026-11-21T13:10:00.000Z', { ns: 'local.oplog.rs' })], since),
    ).toEqual([])
  })
})

describe('who blocked the writes', () => {
  const locked = 'mongod is locked and no writes are allowed'
  const at = '2026-11-21T13:10:00.000Z'

  const lock = (ctx: string, lockCount: number) => line(at, locked, { lockCount }, ctx)
  const unlock = (lockCount: number) => line(at, 'fsyncUnlock complete', { lockCount }, 'conn4')

  test('is the connection that did it, unless that was released', () => {
    expect(lockTakersIn([lock('conn3', 1), unlock(0)])).toBeUndefined()
    expect(lockTakersIn([lock('conn3', 1), unlock(0), lock('conn5', 1)])).toEqual({
      connections: [5],
      at,
    })
  })

  test('are all that did while one lock is left: whose was released is not told', () => {
    const lines = [lock('conn3', 1), lock('conn5', 2), unlock(1)]
    expect(lockTakersIn(lines)).toEqual({ connections: [3, 5], at })
  })

  test('is not known where the log says nothing of it, or does not reach back to the first', () => {
    expect(lockTakersIn([])).toBeUndefined()
    expect(lockTakersIn([lock('conn5', 2)])).toBeUndefined()
  })
})

describe('what a server is working on', () => {
  const entry = {
    active: true,
    opid: 5,
    client: '10.0.0.1:5000',
    connectionId: 9,
    ns: 'a.b',
    op: 'command',
    command: { find: 'b', filter: { name: 'Bobby' } },
    currentOpTime: '2026-11-21T14:00:00.000+00:00',
    microsecs_running: 30_000_000,
    locks: { Global: 'r' },
  }

  test('is told without the values of the query', () => {
    const found = runningOperation(entry)
    expect(found).toMatchObject({
      opid: 5,
      command: 'find',
      seconds: 30,
      startedAt: '2026-11-21T13:59:30.000Z',
      writes: false,
      exclusive: false,
    })
    expect(JSON.stringify(found)).not.toContain('Bobby')
  })

  test.each([
    ['an update', { op: 'update', command: { q: {} } }, true],
    [
      'an aggregation that writes',
      { command: { aggregate: 'b', pipeline: [{ $out: 'c' }] } },
      true,
    ],
    [
      'an aggregation that reads',
      { command: { aggregate: 'b', pipeline: [{ $match: {} }] } },
      false,
    ],
    ['a command too long to be told', { command: { $truncated: '{ find: 1' } }, true],
    [
      'a later batch of a find',
      { op: 'getmore', command: { getMore: 1 }, cursor: { originatingCommand: { find: 'b' } } },
      false,
    ],
    ['a find within a transaction', { transaction: { parameters: { txnNumber: 1 } } }, true],
    ['a later batch of nobody knows what', { op: 'getmore', command: { getMore: 1 } }, true],
  ])('whether %s may change data', (_, changes, writes) => {
    expect(runningOperation({ ...entry, ...changes })).toMatchObject({ writes })
  })

  test.each([
    [{ cursor: { tailable: true } }],
    [{ command: { find: 'b', tailable: true } }],
    [{ cursor: { originatingCommand: { aggregate: 'b', pipeline: [{ $changeStream: {} }] } } }],
    [{ currentOpTime: undefined }],
  ])('what waits for news by design, or has no start, is nothing: %j', (changes) => {
    expect(runningOperation({ ...entry, ...changes })).toBeUndefined()
  })

  test('what is idle, and asking for exactly this, is nothing', () => {
    expect(runningOperation({ ...entry, active: false })).toBeUndefined()
    const asking = { aggregate: 1, pipeline: [{ $currentOp: {} }] }
    expect(runningOperation({ ...entry, command: asking })).toBeUndefined()
  })
})
