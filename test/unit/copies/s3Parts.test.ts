import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  cutParts,
  etagOf,
  isComparable,
  partBytes,
  plainEtag,
} from '../../../src/adapters/copies/s3Parts.js'

const mebibyte = 1024 * 1024

async function* chunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}

describe('the parts of a file', () => {
  test('are of 8 MiB, and larger only where there would be too many of them', () => {
    expect(partBytes(1)).toBe(8 * mebibyte)
    expect(partBytes(70e9)).toBe(8 * mebibyte)
    for (const bytes of [100e9, 1e12, 5e12]) {
      expect(partBytes(bytes) % mebibyte).toBe(0)
      expect(Math.ceil(bytes / partBytes(bytes))).toBeLessThanOrEqual(10_000)
    }
  })

  test.each([1, 7, 10, 25, 100])(
    'are the same however the stream comes (%i at a time)',
    async (size) => {
      const bytes = Buffer.from(Array.from({ length: 34 }, (_, at) => at))
      const parts = []
      for await (const part of cutParts(chunks(bytes, size), 10)) parts.push(part)
      expect(parts.map(({ number, bytes: { length } }) => [number, length])).toEqual([
        [1, 10],
        [2, 10],
        [3, 10],
        [4, 4],
      ])
      expect(Buffer.concat(parts.map((part) => part.bytes))).toEqual(bytes)
      expect(parts[3]?.md5).toEqual(createHash('md5').update(bytes.subarray(30)).digest())
    },
  )

  test('have buffers of their own: an earlier one does not change while it is on its way', async () => {
    const bytes = Buffer.from('aaaabbbbcccc')
    const parts = []
    for await (const part of cutParts(chunks(bytes, 5), 4)) parts.push(part.bytes)
    expect(parts.map(String)).toEqual(['aaaa', 'bbbb', 'cccc'])
  })
})

test('an ETag of parts is the MD5 of their MD5s and their number; one of a service with keys of its own says nothing', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest()
  expect(etagOf([md5('a'), md5('b')])).toBe(
    `${createHash('md5')
      .update(Buffer.concat([md5('a'), md5('b')]))
      .digest('hex')}-2`,
  )
  expect(isComparable(plainEtag('"d41d8cd98f00b204e9800998ecf8427e-2"'))).toBe(true)
  expect(isComparable(plainEtag('"AQICAHh-kms"'))).toBe(false)
  expect(isComparable(plainEtag(undefined))).toBe(false)
})
