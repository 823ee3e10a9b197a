import { expect, test } from 'vitest'
import { readUntil } from '../../../src/adapters/tools/readUntil.js'

async function* parts(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('a'))
  yield Buffer.from('b')
}

/** Something that runs, and how often it was ended, and whether it had been read to its end. */
function running(bytes: AsyncIterable<Uint8Array> = parts()) {
  const abort = new AbortController()
  const ended: boolean[] = []
  const { raw, outcome } = readUntil(bytes, abort.signal, (toTheEnd) => {
    ended.push(toTheEnd)
    return Promise.resolve('gone')
  })
  return { raw: raw[Symbol.asyncIterator](), outcome, abort, ended }
}

test('what is read to its end is ended after that, once', async () => {
  const { raw, outcome, abort, ended } = running()
  await raw.next()
  await raw.next()
  expect(ended).toEqual([])
  expect(await raw.next()).toMatchObject({ done: true })
  expect(await outcome).toBe('gone')
  abort.abort()
  expect(ended).toEqual([true])
})

test('what is aborted before anybody reads is ended all the same', async () => {
  const { raw, outcome, abort, ended } = running()
  abort.abort(new Error('enough'))
  expect(await outcome).toBe('gone')
  await expect(raw.next()).rejects.toThrow('enough')
  expect(ended).toEqual([false])
})

test('what is aborted while nobody reads on is ended', async () => {
  const { raw, outcome, abort, ended } = running()
  await raw.next()
  abort.abort(new Error('enough'))
  expect(await outcome).toBe('gone')
  expect(ended).toEqual([false])
})

test('what is left is ended', async () => {
  const { raw, outcome, ended } = running()
  await raw.next()
  await raw.return?.()
  expect(await outcome).toBe('gone')
  expect(ended).toEqual([false])
})

test('what breaks off is ended, and says how', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('a'))
    throw new Error('broken')
  }
  const { raw, outcome, ended } = running(broken())
  await raw.next()
  await expect(raw.next()).rejects.toThrow('broken')
  expect(await outcome).toBe('gone')
  expect(ended).toEqual([false])
})
