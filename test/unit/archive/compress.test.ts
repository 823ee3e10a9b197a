import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gzipMembers, type GzipMember } from '../../../src/archive/gzip/compress.js'
import { looksGzipped } from '../../../src/archive/gzip/format.js'
import { gunzip, gunzipStored } from '../../../src/archive/gzip/gunzip.js'
import { collect, randomly, seeded, streamed } from './feeding.js'

const random = seeded(5)
const raw = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i % 2 ? random() * 256 : 65)))

async function members(
  parts: Iterable<Uint8Array>,
  options: Parameters<typeof gzipMembers>[1] = {},
): Promise<GzipMember[]> {
  const made: GzipMember[] = []
  for await (const member of gzipMembers(streamed(parts), options)) made.push(member)
  return made
}

describe('compressing a stream', () => {
  test('cuts it into members of equal raw size, each a gzip file in itself', async () => {
    const made = await members([raw], { blockBytes: 30_000 })
    expect(made.map(({ rawBytes }) => rawBytes)).toEqual([30_000, 30_000, 30_000, 10_000])
    const contents = made.map(({ bytes }) => gunzipSync(bytes))
    expect(contents.map(({ length }) => length)).toEqual([30_000, 30_000, 30_000, 10_000])
    expect(Buffer.concat(contents).equals(raw)).toBe(true)
  })

  test('gives a file that the strict reader takes', async () => {
    const made = await members([raw], { blockBytes: 7777 })
    expect(looksGzipped(made[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
    const back = await collect(gunzip(streamed(made.map(({ bytes }) => bytes))))
    expect(back.equals(raw)).toBe(true)
  })

  test('gives the same bytes whatever the chunks and however many work at it', async () => {
    const file = (made: GzipMember[]) => Buffer.concat(made.map(({ bytes }) => bytes))
    const whole = file(await members([raw], { blockBytes: 9000, workers: 1 }))
    for (const workers of [1, 2, 4]) {
      const parts = randomly(raw, seeded(workers), 4000)
      expect(file(await members(parts, { blockBytes: 9000, workers })).equals(whole)).toBe(true)
    }
  })

  test('names neither a time nor a system in its headers', async () => {
    const [member] = await members([raw], { level: 6 })
    expect(member?.bytes.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff')
  })

  test('of nothing gives one empty member', async () => {
    const made = await members([])
    expect(made.map(({ rawBytes }) => rawBytes)).toEqual([0])
    expect(gunzipSync(made[0]?.bytes ?? Buffer.alloc(0))).toHaveLength(0)
  })

  test('of whole blocks gives no empty member at the end', async () => {
    const made = await members([raw.subarray(0, 20_000)], { blockBytes: 10_000 })
    expect(made.map(({ rawBytes }) => rawBytes)).toEqual([10_000, 10_000])
  })

  test('reads ahead by no more than its workers need', async () => {
    let given = 0
    async function* source() {
      for (;;) {
        await Promise.resolve()
        given++
        yield Buffer.alloc(1000)
      }
    }
    const made = gzipMembers(source(), { blockBytes: 1000, workers: 2 })
    await made.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(given).toBeLessThanOrEqual(4)
    await made.return()
  })

  test('stops at a signal, with its reason', async () => {
    const controller = new AbortController()
    const made = gzipMembers(streamed([raw]), { blockBytes: 1000, signal: controller.signal })
    await made.next()
    controller.abort(new Error('enough'))
    await expect(made.next()).rejects.toThrow('enough')
  })

  test('passes on what goes wrong in its source', async () => {
    async function* source() {
      yield raw
      await Promise.resolve()
      throw new Error('the tool died')
    }
    await expect(collectMembers(gzipMembers(source(), { blockBytes: 1000 }))).rejects.toThrow(
      'the tool died',
    )
  })
})

async function collectMembers(source: AsyncIterable<GzipMember>): Promise<void> {
  for await (const member of source) expect(member.rawBytes).toBeGreaterThan(0)
}

describe('storing a stream as it is', () => {
  const long = Buffer.concat([raw, raw, raw])

  test.each([1, 65_535, 65_536, 131_070, 200_000])(
    'in members of %i bytes gives gzip files that every reader takes',
    async (blockBytes) => {
      const content = long.subarray(0, Math.min(long.length, blockBytes * 3))
      const made = await members([content], { level: 0, blockBytes })
      const back = made.map(({ bytes }) => gunzipSync(bytes))
      expect(Buffer.concat(back).equals(content)).toBe(true)
      const file = Buffer.concat(made.map(({ bytes }) => bytes))
      for (const read of [gunzip, gunzipStored]) {
        const parts = streamed(randomly(file, seeded(blockBytes), 50_000))
        expect((await collect(read(parts))).equals(content)).toBe(true)
      }
    },
  )

  test('of nothing gives one empty member', async () => {
    const [member] = await members([], { level: 0 })
    expect(gunzipSync(member?.bytes ?? Buffer.alloc(0))).toHaveLength(0)
  })
})
