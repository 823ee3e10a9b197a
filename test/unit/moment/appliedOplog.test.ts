import { expect, test } from 'vitest'
import { AppliedOplog } from '../../../src/procedures/moment/appliedOplog.js'
import type { World } from '../../../src/ports/world.js'
import { failureIn } from '../archive/feeding.js'
import type { Target } from '../../../src/domain/target.js'

const target = { name: 'medical' } as Target
const operations = [Buffer.from('one'), Buffer.from('two')]

function scene({ apply = () => Promise.resolve(2), close = () => Promise.resolve() } = {}) {
  const seen = { connected: 0, moved: 0, applied: 0, closed: 0 }
  const session = {
    stored: {
      apply: () => {
        seen.applied++
        return apply()
      },
    },
    close: () => {
      seen.closed++
      return close()
    },
  }
  const connect = () => {
    seen.connected++
    return Promise.resolve(session)
  }
  const ending = new AbortController()
  const oplog = new AppliedOplog(
    target,
    { mongo: { connect } } as unknown as Pick<World, 'mongo'>,
    {
      durable: true,
      moved: () => seen.moved++,
      signal: ending.signal,
    },
  )
  return { seen, oplog, ending }
}

test('nothing is carried out before mongorestore stands at the oplog', async () => {
  const { seen, oplog } = scene()
  const applied = oplog.apply(operations)
  await Promise.resolve()
  expect(seen).toMatchObject({ connected: 0, applied: 0 })
  oplog.begin()
  expect(await applied).toBe(2)
  expect(await oplog.apply(operations)).toBe(2)
  expect(seen).toMatchObject({ connected: 1, applied: 2, moved: 2 })
  await oplog.close(1_000)
  expect(seen.closed).toBe(1)
})

test('who waits for that hears of the signal, and then nothing is carried out', async () => {
  const { seen, oplog, ending } = scene()
  const applied = oplog.apply(operations)
  ending.abort(new Error('told to stop'))
  await expect(applied).rejects.toThrow('told to stop')
  oplog.begin()
  await expect(oplog.apply(operations)).rejects.toThrow('told to stop')
  expect(seen.applied).toBe(0)
})

test('it has ended when the batch that was sent has, failed or not', async () => {
  let fail: (error: Error) => void = () => undefined
  const { oplog } = scene({ apply: () => new Promise<number>((_, reject) => (fail = reject)) })
  oplog.begin()
  const applied = oplog.apply(operations)
  applied.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  let over = false
  const ended = oplog.ended(5_000, undefined).then(() => (over = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  fail(new Error('refused'))
  await ended
  expect(over).toBe(true)
})

test('a batch that a server never answers may still be carried out: nothing may be put in its place', async () => {
  const { oplog } = scene({
    apply: () => new Promise<number>(() => undefined),
    close: () => new Promise<void>(() => undefined),
  })
  oplog.begin()
  oplog.apply(operations).catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  const why = new Error('stalled')
  const failure = await failureIn(oplog.ended(10, why))
  expect(failure).toMatchObject({ code: 'RESTORE_STILL_RUNNING', kind: 'failed', cause: why })
  await oplog.close(10)
})
