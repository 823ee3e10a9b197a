import { describe, expect, test } from 'vitest'
import { packed } from '../../../src/archive/tar.js'
import { unpacked } from '../../../src/archive/untar.js'

const files = [
  { name: 'kit/ops.yaml', text: 'version: 1\n', mode: 0o600 },
  { name: 'kit/start.sh', text: 'exec mongod\n'.repeat(100), mode: 0o755 },
  { name: `kit/${'long/'.repeat(25)}name`, text: 'ä', mode: 0o644 },
  { name: 'kit/empty', text: '', mode: 0o600 },
]

describe('a small tar', () => {
  test('gives back names, texts and permissions', () => {
    expect(unpacked(packed(files, 1_700_000_000))).toEqual(files)
  })

  test('that was cut off anywhere, or changed, is found out', () => {
    const tar = packed(files, 0)
    for (let at = 0; at < tar.length - 1024; at += 300)
      expect(() => unpacked(tar.subarray(0, at)), at.toString()).toThrow(/tar/)
    const changed = Buffer.from(tar)
    changed[2] = (changed[2] ?? 0) ^ 1
    expect(() => unpacked(changed)).toThrow('checksum of a header')
  })

  test('holds files only', () => {
    const tar = packed([{ name: 'link', text: '' }], 0)
    tar.write('2', 156)
    // One more in the type is one more in the sum.
    const sum = parseInt(tar.toString('ascii', 148, 154), 8) + 2
    tar.write(sum.toString(8).padStart(6, '0'), 148)
    expect(() => unpacked(tar)).toThrow('is no file')
  })
})
