import { describe, expect, test } from 'vitest'
import { BoundedLines } from '../../../src/adapters/probes/boundedLines.js'

const bytes = (text: string) => Buffer.from(text)

describe('lines of a stream', () => {
  test('are the same however the stream is cut', () => {
    const text = 'eins\nzwei é\r\n\n\u001b[31mdrei\u001b[0m'
    for (const size of [1, 2, 3, 100]) {
      const lines = new BoundedLines()
      const whole = bytes(text)
      for (let at = 0; at < whole.length; at += size) lines.add(whole.subarray(at, at + size))
      expect(lines.take(true)).toEqual(['eins', 'zwei é', '', 'drei'])
      expect(lines.count).toBe(4)
    }
  })

  test('that end with a line break have no empty one behind it', () => {
    const lines = new BoundedLines()
    lines.add(bytes('a\n'))
    expect(lines.take(true)).toEqual(['a'])
  })

  test('are cut where they are long, and count once', () => {
    const lines = new BoundedLines()
    for (let round = 0; round < 100; round += 1) lines.add(bytes('x'.repeat(1000)))
    lines.add(bytes('\nend'))
    const [long, end] = lines.take(true)
    expect([long?.length, end]).toEqual([8192, 'end'])
  })

  test('are handed over before they are many', () => {
    const lines = new BoundedLines()
    expect(lines.isFull).toBe(false)
    lines.add(bytes(`${'y'.repeat(1000)}\n`.repeat(1100)))
    expect(lines.isFull).toBe(true)
    expect(lines.take()).toHaveLength(1100)
    expect(lines.isFull).toBe(false)
  })
})
