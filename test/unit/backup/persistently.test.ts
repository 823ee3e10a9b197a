import { beforeAll, describe, expect, test } from 'vitest'
import { failurePlaces } from '../../../docs/generator/failures.js'
import { Failure, type FailureKind } from '../../../src/domain/failure.js'
import { persistently } from '../../../src/procedures/backup/persistently.js'
import { pauseBefore, remedyFor } from '../../../src/procedures/backup/transient.js'
import { fakeClock } from '../../fakes/clock.js'

const passing = [
  'CONTAINER_STOPPED',
  'DUMP_FAILED',
  'ENGINE_UNREACHABLE',
  'EXIT_CODE_UNKNOWN',
  'MONGO_UNREACHABLE',
  'NOT_PRIMARY',
  'STREAM_STALLED',
]

const unreachable = new Failure('environment', 'MONGO_UNREACHABLE', 'no answer', [])
const locked = new Failure('locked', 'TARGET_LOCKED', 'held by "restore"', [])
const damaged = new Failure('integrity', 'DUMP_INCOMPLETE', 'not whole', [])

/** Work that fails with these in turn, then succeeds. */
function scene(failures: readonly Error[]) {
  const clock = fakeClock()
  const heard: string[] = []
  let calls = 0
  const attempt = (retries: number, lockWaitSeconds = 0, signal = new AbortController().signal) =>
    persistently(
      () => {
        const failure = failures[calls]
        calls += 1
        return failure ? Promise.reject(failure) : Promise.resolve('taken')
      },
      { retries, lockWaitSeconds, clock, signal, again: (text) => heard.push(text) },
    )
  return { attempt, clock, heard, calls: () => calls }
}

test('what is still under way holds its target: it is not tried again', async () => {
  const stalled = new Failure('timed-out', 'STREAM_STALLED', 'stood still', [], {
    facts: { underWay: 'mongodump into its file' },
  })
  const { attempt, calls } = scene([stalled])
  await expect(attempt(3)).rejects.toBe(stalled)
  expect(calls()).toBe(1)
})

describe('a failure', () => {
  let places: Awaited<ReturnType<typeof failurePlaces>> = []
  beforeAll(async () => {
    places = await failurePlaces()
  })

  test('of every code there is may pass by itself only if it is one of a few', () => {
    const remedies = new Map(
      places.map(({ kind, code }) => [
        `${kind} ${code}`,
        remedyFor({ kind: kind as FailureKind, code }),
      ]),
    )
    const codesWith = (remedy: string) =>
      [...remedies].filter(([, found]) => found === remedy).map(([name]) => name.split(' ')[1])
    expect([...new Set(codesWith('again'))].sort()).toEqual(passing)
    expect(codesWith('when free')).toEqual(['TARGET_LOCKED'])
    const never = ['integrity', 'space', 'usage', 'refused', 'not-found', 'partial', 'interrupted']
    for (const [name, remedy] of remedies)
      if (never.includes(name.split(' ')[0] ?? '')) expect([name, remedy]).toEqual([name, 'none'])
  })

  test('after the backup is done and good is no reason to take it again', () => {
    expect(remedyFor({ kind: 'partial', code: 'MONGO_UNREACHABLE' })).toBe('none')
  })
})

describe('trying again', () => {
  test('ends with the first success, after pauses that double up to ten minutes', async () => {
    const { attempt, clock, heard, calls } = scene([unreachable, unreachable])
    expect(await attempt(2)).toBe('taken')
    expect(calls()).toBe(3)
    expect(clock.elapsed()).toBe(30_000 + 60_000)
    expect(heard).toEqual(['no answer: try 2 of 3 in 30 s', 'no answer: try 3 of 3 in 60 s'])
    expect(pauseBefore(11)).toBe(600_000)
  })

  test('ends with the last failure when the tries are used up', async () => {
    const { attempt, calls } = scene([unreachable, unreachable, unreachable])
    await expect(attempt(1)).rejects.toBe(unreachable)
    expect(calls()).toBe(2)
  })

  test.each([damaged, new Error('a bug')])('is not done for what stays wrong', async (error) => {
    const { attempt, calls } = scene([error])
    await expect(attempt(5, 600)).rejects.toBe(error)
    expect(calls()).toBe(1)
  })

  test('waits for another run without using up a try, and says so once', async () => {
    const { attempt, clock, heard } = scene([locked, locked, locked, unreachable])
    expect(await attempt(1, 60)).toBe('taken')
    expect(clock.elapsed()).toBe(15_000 + 30_000)
    expect(heard[0]).toBe('held by "restore": waiting for it')
    expect(heard).toHaveLength(2)
  })

  test('waits for another run no longer than it may', async () => {
    const { attempt, clock } = scene(Array.from({ length: 9 }, () => locked))
    await expect(attempt(3, 12)).rejects.toBe(locked)
    expect(clock.elapsed()).toBe(12_000)
  })

  test('ends at once when it is interrupted', async () => {
    const ctrlC = new Failure('interrupted', 'INTERRUPTED', 'interrupted', [])
    const { attempt, calls } = scene([unreachable, unreachable])
    await expect(attempt(5, 60, AbortSignal.abort(ctrlC))).rejects.toBe(ctrlC)
    expect(calls()).toBe(1)
  })
})
