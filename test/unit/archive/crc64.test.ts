import { describe, expect, test } from 'vitest'
import { Crc64 } from '../../../src/archive/crc64.js'
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
    const bytes = Buffer.from(Array.from({ length: 1000 }, () => random() * 256))
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

/** The definition, with no table. */
function bitByBit(bytes: Uint8Array): bigint {
  let crc = 0xffffffffffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >> 1n) ^ (crc & 1n ? 0xc96c5795d7870f42n : 0n)
    }
  }
  return crc ^ 0xffffffffffffffffn
}
