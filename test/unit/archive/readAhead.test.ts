import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readAhead } from '../../../src/archive/readAhead.js'

const part = (bytes: number) => Buffer.alloc(bytes, bytes)

function source(parts: readonly Buffer[], failure?: Error) {
  const seen = { given: 0, left: false }
  async function* parted() {
    try {
      for (const one of parts) {
        seen.given++
        yield await Promise.resolve(one)
      }
      if (failure) throw failure
    } finally {
      seen.left = true
    }
  }
  return { seen, parts: parted() }
}

async function idle() {
  for (let at = 0; at < 50; at++) await turn()
}

test('gives every part, in order', async () => {
  const { parts } = source([part(1), part(2), part(3)])
  const found: number[] = []
  for await (const one of readAhead(parts, 2)) found.push(one.length)
  expect(found).toEqual([1, 2, 3])
})

test('reads on while nobody asks, up to the bytes it may hold', async () => {
  const { seen, parts } = source(Array.from({ length: 20 }, () => part(10)))
  const ahead = readAhead(parts, 45)
  await ahead.next()
  await idle()
  // One was taken, five wait: the last of them went over the line.
  expect(seen.given).toBe(6)
  await ahead.next()
  await idle()
  expect(seen.given).toBe(7)
})

test('throws what the source throws, when all before it was taken', async () => {
  const { parts } = source([part(1), part(2)], new Error('broken off'))
  const found: number[] = []
  await expect(async () => {
    for await (const one of readAhead(parts, 100)) found.push(one.length)
  }).rejects.toThrow('broken off')
  expect(found).toEqual([1, 2])
})

test('who leaves early leaves the source, and does not wait for a part that never comes', async () => {
  const { seen, parts } = source(Array.from({ length: 20 }, () => part(10)))
  for await (const one of readAhead(parts, 20)) if (one.length > 0) break
  await idle()
  expect(seen.left).toBe(true)

  const never = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
  }
  const stuck = readAhead(never, 20)
  void stuck.next()
  await idle()
  async function* first() {
    yield part(1)
    await new Promise(() => undefined)
  }
  for await (const one of readAhead(first(), 20)) if (one.length > 0) break
})
