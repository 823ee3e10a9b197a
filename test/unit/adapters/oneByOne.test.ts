import { expect, test } from 'vitest'
import { oneByOne } from '../../../src/adapters/mongo/oneByOne.js'

test('a write that is not confirmed is tried again under its number, and ends nothing', async () => {
  const tries: string[] = []
  const over = new AbortController()
  const done = [{ number: 4, at: 0 }]
  const write = (number: number, again: boolean) => {
    tries.push(`${number.toString()}${again ? ' again' : ''}`)
    if (tries.length === 6) over.abort()
    return tries.length === 2 || tries.length === 3
      ? Promise.reject(new Error('not primary'))
      : Promise.resolve({ number, at: tries.length })
  }
  await oneByOne(write, done, over.signal)
  expect(tries).toEqual(['5', '6', '6 again', '6 again', '7', '8'])
  expect(done.map(({ number }) => number)).toEqual([4, 5, 6, 7, 8])
})
