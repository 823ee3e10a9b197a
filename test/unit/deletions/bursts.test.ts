import { describe, expect, test } from 'vitest'
import { Bursts } from '../../../src/domain/deletions/bursts.js'
import { rightAfter, rightBefore, secondOfId } from '../../../src/domain/deletions/deletion.js'
import type { Operation } from '../../../src/domain/deletions/operation.js'
import { pickDeletion } from '../../../src/domain/deletions/pick.js'
import { deletionWords } from '../../../src/domain/deletions/words.js'

const operation = (seconds: number, changes: Partial<Operation> = {}): Operation => ({
  kind: 'delete',
  namespace: 'medical.visits',
  at: { seconds, ordinal: 1 },
  readFrom: { seconds, ordinal: 1 },
  count: 1,
  isTransaction: false,
  ...changes,
})

function found(operations: readonly Operation[], atLeast = 1) {
  const bursts = new Bursts(atLeast)
  for (const one of operations) bursts.take(one)
  return bursts.found().deletions
}

describe('operations become what somebody did', () => {
  test('deletes without a longer pause are one; after six seconds another begins', () => {
    const deletions = found([1, 4, 9, 15].map((second) => operation(second)))
    expect(deletions).toMatchObject([
      { id: 'delete:1:1:medical.visits', documents: 3, last: { seconds: 9, ordinal: 1 } },
      { id: 'delete:15:1:medical.visits', documents: 1 },
    ])
  })

  test('each session, each collection and each transaction is one of its own', () => {
    const deletions = found([
      operation(1),
      operation(1, { namespace: 'medical.wards' }),
      operation(1, { session: 'a' }),
      operation(2, { session: 'a', isTransaction: true, count: 3 }),
      operation(3, { session: 'a', isTransaction: true, count: 4 }),
    ])
    expect(deletions.map(({ documents }) => documents)).toEqual([1, 1, 1, 3, 4])
  })

  test('few are not listed, nor are inserts, nor single updates that a driver would repeat', () => {
    const updates = Array.from({ length: 20 }, (_, at) =>
      operation(1 + at, { kind: 'update', session: 'app', count: 5 }),
    )
    expect(found([...updates, operation(30, { kind: 'insert', count: 50 })], 10)).toEqual([])
    expect(found([operation(1, { count: 9 })], 10)).toEqual([])
    expect(found([operation(1, { kind: 'update', count: 10 })], 10)).toHaveLength(1)
  })

  test('a database takes along the collections that were dropped right before it, and no others', () => {
    const drop = (seconds: number, namespace: string, count: number) =>
      operation(seconds, { kind: 'drop', namespace, count })
    const deletions = found([
      drop(1, 'medical.old', 7),
      drop(100, 'medical.visits', 20),
      drop(100, 'other.visits', 5),
      drop(101, 'medical.wards', 30),
      operation(101, { kind: 'dropDatabase', namespace: 'medical', count: 0 }),
    ])
    expect(deletions.map(({ id }) => id)).toEqual([
      'drop:1:1:medical.old',
      'drop:100:1:other.visits',
      'dropDatabase:100:1:medical',
    ])
    expect(deletions[2]).toMatchObject({
      documents: 50,
      collections: ['medical.visits', 'medical.wards'],
      last: { seconds: 101, ordinal: 1 },
    })
  })

  test('the views of a database may go before its collections: it was whole before that', () => {
    const deletions = found([
      operation(100, { kind: 'drop', namespace: 'medical.system.views', count: 2 }),
      operation(101, { kind: 'drop', namespace: 'medical.visits', count: 20 }),
      operation(102, { kind: 'dropDatabase', namespace: 'medical', count: 0 }),
      operation(300, { kind: 'drop', namespace: 'other.system.views', count: 2 }),
    ])
    expect(deletions).toMatchObject([
      {
        id: 'dropDatabase:100:1:medical',
        readFrom: { seconds: 100 },
        collections: ['medical.visits'],
        documents: 20,
      },
    ])
  })

  test('a collection that went before another was made is no part of the database that goes then', () => {
    const drop = (seconds: number, namespace: string) =>
      operation(seconds, { kind: 'drop', namespace, count: 5 })
    const deletions = found([
      drop(100, 'medical.visits'),
      operation(110, { kind: 'create', namespace: 'medical.visits', count: 0 }),
      drop(120, 'medical.visits'),
      operation(121, { kind: 'dropDatabase', namespace: 'medical', count: 0 }),
    ])
    expect(deletions).toMatchObject([
      { id: 'drop:100:1:medical.visits' },
      { id: 'dropDatabase:120:1:medical', collections: ['medical.visits'], documents: 5 },
    ])
  })

  test('of more than it remembers the smallest bursts go, never a drop, and it says how many', () => {
    const bursts = new Bursts(1)
    bursts.take(operation(1, { kind: 'drop', count: 0 }))
    for (let at = 0; at < 600; at++) bursts.take(operation(10 + 10 * at, { count: at + 1 }))
    const { deletions, left } = bursts.found()
    expect([deletions.length, left]).toEqual([500, 101])
    expect(deletions[0]?.kind).toBe('drop')
    expect(deletions[1]?.documents).toBe(102)
    const wanted = new Bursts(10, 'delete:20:1:medical.visits')
    for (let at = 0; at < 600; at++) wanted.take(operation(10 + 10 * at, { count: at + 1 }))
    expect(wanted.found().deletions[0]?.id).toBe('delete:20:1:medical.visits')
  })
})

describe('one of them', () => {
  const deletions = found([operation(1), operation(100)])

  test('is picked by its id or by its place', () => {
    expect(pickDeletion(deletions, '2')).toBe(deletions[1])
    expect(pickDeletion(deletions, 'delete:1:1:medical.visits')).toBe(deletions[0])
    expect(() => pickDeletion(deletions, '3')).toThrow(
      expect.objectContaining({ code: 'DELETION_NOT_FOUND', exitCode: 10 }),
    )
    expect(() => pickDeletion([], 'x')).toThrow('none was found')
  })

  test('tells by its id when it was, and the moments around an entry are the nearest', () => {
    expect(secondOfId('delete:1795267324:3:medical.visits')).toBe(1_795_267_324)
    expect(secondOfId('3')).toBeUndefined()
    expect(rightBefore({ seconds: 5, ordinal: 0 })).toEqual({ seconds: 4, ordinal: 0xffff_ffff })
    expect(rightAfter({ seconds: 4, ordinal: 0xffff_ffff })).toEqual({ seconds: 5, ordinal: 0 })
  })

  test('is said in words', () => {
    const kinds = ['delete', 'update', 'drop', 'replace', 'dropDatabase'] as const
    const [one] = deletions
    if (!one) throw new Error('deletions')
    expect(kinds.map((kind) => deletionWords({ ...one, kind, isTransaction: true }))).toEqual([
      '1 document deleted from medical.visits in one transaction',
      '1 document of medical.visits changed in one transaction',
      'medical.visits dropped (1 document)',
      'medical.visits replaced by another collection',
      'database medical.visits dropped (0 collections, 1 document)',
    ])
  })
})
