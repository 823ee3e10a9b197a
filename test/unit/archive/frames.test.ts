import { describe, expect, test } from 'vitest'
import { demultiplex } from '../../../src/archive/frames.js'
import { collect, failureIn, randomly, seeded, streamed } from './feeding.js'

function frame(type: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload)
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

async function take(parts: Iterable<Uint8Array>) {
  const errors: Buffer[] = []
  const stdout = await collect(
    demultiplex(streamed(parts), (chunk) => errors.push(Buffer.from(chunk))),
  )
  return { stdout, stderr: Buffer.concat(errors).toString() }
}

describe('the stream of an engine', () => {
  const random = seeded(9)
  const payloads = Array.from({ length: 40 }, (_, i) =>
    Buffer.from(Array.from({ length: i * i }, () => random() * 256)),
  )
  const stdout = Buffer.concat(payloads)
  const stream = Buffer.concat(
    payloads.flatMap((payload, i) => [frame(1, payload), frame(2, `line ${i}\n`)]),
  )

  test('gives stdout and stderr apart', async () => {
    const taken = await take([stream])
    expect(taken.stdout.equals(stdout)).toBe(true)
    expect(taken.stderr).toBe(payloads.map((_, i) => `line ${i}\n`).join(''))
  })

  test.each([1, 2, 7, 9, 100, 5000])('may be cut into parts of up to %i bytes', async (longest) => {
    const whole = await take([stream])
    expect(await take(randomly(stream, seeded(longest), longest))).toEqual(whole)
  })

  test('is not copied', async () => {
    const bytes = frame(1, 'payload')
    for await (const chunk of demultiplex(streamed([bytes]), () => undefined)) {
      expect(chunk.buffer).toBe(bytes.buffer)
    }
  })

  test('takes frames of stdin for stdout, as the engine means them', async () => {
    expect((await take([frame(0, 'a'), frame(1, 'b')])).stdout.toString()).toBe('ab')
  })

  test('may be empty, and may hold empty frames', async () => {
    expect(await take([])).toEqual({ stdout: Buffer.alloc(0), stderr: '' })
    expect((await take([frame(1, ''), frame(2, ''), frame(1, 'x')])).stdout.toString()).toBe('x')
  })

  test('is read no further than its taker has come', async () => {
    let given = 0
    async function* source() {
      for (; given < 100; given++) {
        await Promise.resolve()
        yield frame(1, 'x')
      }
    }
    const frames = demultiplex(source(), () => undefined)
    await frames.next()
    await frames.next()
    expect(given).toBe(1)
    await frames.return()
  })

  test('passes frames longer than memory should hold, part by part', async () => {
    const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
    const frames = demultiplex(streamed([header, Buffer.alloc(10)]), () => undefined)
    expect((await frames.next()).value).toHaveLength(10)
    await expect(frames.next()).rejects.toMatchObject({ code: 'STREAM_FRAME_TRUNCATED' })
  })

  test.each([
    ['a type that does not exist', Buffer.from([3, 0, 0, 0, 0, 0, 0, 1])],
    ['text where a header should be', Buffer.from('OCI runtime exec failed')],
    ['a byte set that must be zero', Buffer.from([1, 0, 1, 0, 0, 0, 0, 1])],
  ])('with %s is refused, with the byte', async (_, bad) => {
    const first = frame(1, 'good')
    const failure = await failureIn(take([first, bad]))
    expect(failure).toMatchObject({ kind: 'integrity', code: 'STREAM_FRAME_CORRUPT' })
    expect(failure.facts['byte']).toBe(first.length)
  })

  test('cut anywhere but between frames is refused', async () => {
    const bytes = Buffer.concat([frame(1, 'abc'), frame(2, 'de')])
    for (let length = 1; length < bytes.length; length++) {
      if (length === frame(1, 'abc').length) continue
      const failure = await failureIn(take([bytes.subarray(0, length)]))
      expect(failure.code).toBe('STREAM_FRAME_TRUNCATED')
      expect(failure.facts['byte']).toBe(length)
    }
  })
})
