import { describe, expect, test } from 'vitest'
import { Crc64 } from '../../../src/archive/crc64.js'
import { foldingDistances, worthFolding } from '../../../src/archive/crc64/fold.js'
import { seeded } from './feeding.js'

describe('the checksum of a namespace', () => {
  test('is CRC-64/XZ', () => {
    const crc = new Crc64()
    crc.update(Buffer.from('123456789'))
    expect(crc.value).toBe(0x995dc9bbdf1939fan)
  })

  test('of nothing is 0', () => {
    expect(new Crc64().value).toBe(0n)
  })

  test('is the same however the bytes are cut and wherever they lie in memory', () => {
    const random = seeded(64)
    const bytes = randomBytes(1000, random)
    const expected = bitByBit(bytes)
    for (let shift = 0; shift < 16; shift++) {
      const moved = Buffer.alloc(bytes.length + shift)
      bytes.copy(moved, shift)
      const crc = new Crc64()
      let at = shift
      while (at < moved.length) {
        const end = Math.min(moved.length, at + Math.floor(random() * 40))
        crc.update(moved, at, end)
        at = end
      }
      expect(crc.value).toBe(expected)
    }
  })
})

describe('the checksum of long ranges, which are folded', () => {
  const random = seeded(48)
  const bytes = randomBytes(300_000, random)

  test('rests on distances that add up to a multiple of the polynomial', () => {
    const longest = Math.max(...foldingDistances)
    const sum = [0, ...foldingDistances]
      .map((distance) => powerOfX(8 * (longest - distance)))
      .reduce((all, one) => all ^ one)
    expect(sum).toBe(0n)
  })

  test.each([
    ...[-1, 0, 1, 7, 8, 15, 16, 17].map((more) => worthFolding + more),
    ...[-1, 0, 1, 15, 16, 17].map((more) => 65_536 + Math.max(...foldingDistances) + more),
    ...[131_071, 131_072, 131_073, 299_000],
  ])('is that of the definition for %i bytes', (length) => {
    const start = Math.floor(random() * 1000)
    const crc = new Crc64()
    crc.update(bytes, start, start + length)
    expect(crc.value).toBe(byteByByte(bytes.subarray(start, start + length)))
  })

  test('is the same however long and short ranges follow each other, in buffers that share memory', () => {
    const expected = byteByByte(bytes)
    for (let round = 0; round < 40; round++) {
      const crc = new Crc64()
      let at = 0
      while (at < bytes.length) {
        const most = random() < 0.5 ? 100 : 150_000
        const end = Math.min(bytes.length, at + Math.floor(random() * most))
        if (round % 2 === 0) crc.update(bytes, at, end)
        else crc.update(bytes.subarray(at, end))
        at = end
      }
      expect(crc.value).toBe(expected)
    }
  })

  test('belongs to one stream, however many are taken in by turns', () => {
    const streams = Array.from({ length: 3 }, (_, number) => bytes.subarray(number * 1003))
    const sums = streams.map(() => new Crc64())
    for (let at = 0; at < bytes.length; at += 50_000) {
      for (const [number, crc] of sums.entries()) {
        crc.update(streams[number]?.subarray(at, at + 50_000) ?? new Uint8Array())
        expect(crc.value).toBe(crc.value)
      }
    }
    expect(sums.map((crc) => crc.value)).toEqual(streams.map(byteByByte))
  })

  test('leaves the bytes as they are', () => {
    const before = Buffer.from(bytes)
    new Crc64().update(bytes)
    expect(bytes.equals(before)).toBe(true)
  })

  test('is computed without folding where the processor cannot', () => {
    const crc = new Crc64(() => undefined)
    crc.update(bytes)
    expect(crc.value).toBe(byteByByte(bytes))
  })
})

const polynomial = 0xc96c5795d7870f42n

function randomBytes(length: number, random: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => random() * 256))
}

/** The definition, with no table. */
function bitByBit(bytes: Uint8Array): bigint {
  let crc = 0xffffffffffffffffn
  for (const byte of bytes) crc = shifted(crc ^ BigInt(byte), 8)
  return crc ^ 0xffffffffffffffffn
}

/** The same with one table, which is the definition's answer for each byte. */
function byteByByte(bytes: Uint8Array): bigint {
  const table = Array.from({ length: 256 }, (_, byte) => shifted(BigInt(byte), 8))
  let crc = 0xffffffffffffffffn
  for (const byte of bytes) crc = (crc >> 8n) ^ (table[Number(crc & 255n) ^ byte] ?? 0n)
  return crc ^ 0xffffffffffffffffn
}

/** x to this power, modulo the polynomial: the highest bit is x to the power of 0. */
function powerOfX(power: number): bigint {
  return shifted(1n << 63n, power)
}

function shifted(value: bigint, bits: number): bigint {
  let crc = value
  for (let bit = 0; bit < bits; bit++) crc = (crc >> 1n) ^ (crc & 1n ? polynomial : 0n)
  return crc
}
