import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redraw, screenLines } from '../../../src/report/redraw.js'

/** A terminal that knows what is written here: rows, a cursor, and how often a row was written. */
class Terminal {
  readonly rows: string[] = []
  readonly writes: number[] = []
  row = 0

  take(text: string): void {
    for (const [, sequence, up, plain] of text.matchAll(
      /(\u001b\[2K|\u001b\[(\d+)A)|([^\u001b]+)/g,
    )) {
      if (up !== undefined) this.row -= Number(up)
      else if (sequence !== undefined) this.#put('')
      else for (const character of plain ?? '') this.#type(character)
    }
    expect(this.row).toBeGreaterThanOrEqual(0)
  }

  #type(character: string): void {
    if (character === '\n') this.row += 1
    else if (character !== '\r') this.#put((this.rows[this.row] ?? '') + character)
  }

  #put(text: string): void {
    this.rows[this.row] = text
    this.writes[this.row] = (this.writes[this.row] ?? 0) + 1
  }

  shown(): readonly string[] {
    return Array.from(this.rows, (row: string | undefined) => row ?? '').slice(0, this.row)
  }
}

describe('drawing over', () => {
  test('shows what is new and leaves nothing of what was, however the pictures differ', () => {
    const picture = fc.array(
      fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b') }),
      {
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 5 }), (pictures) => {
        const terminal = new Terminal()
        let before: readonly string[] = []
        for (const after of pictures) {
          terminal.take(redraw(before, after))
          expect(terminal.shown()).toEqual(after)
          expect(terminal.rows.slice(after.length).every((row) => row === '')).toBe(true)
          before = after
        }
      }),
    )
  })

  test('writes no line that stays the same', () => {
    const terminal = new Terminal()
    terminal.take(redraw([], ['same', 'old', 'same too']))
    const before = [...terminal.writes]
    terminal.take(redraw(['same', 'old', 'same too'], ['same', 'new', 'same too']))
    expect(terminal.shown()).toEqual(['same', 'new', 'same too'])
    expect(terminal.writes[0]).toBe(before[0])
    expect(terminal.writes[2]).toBe(before[2])
    expect(terminal.writes[1]).toBeGreaterThan(before[1] ?? 0)
  })
})

describe('what a terminal shows of a text', () => {
  test('is broken where it is too narrow', () => {
    expect(screenLines('abcdef\nxy', { columns: 4, rows: 10 })).toEqual(['abcd', 'ef', 'xy'])
  })

  test('ends above its last row, for what scrolls away cannot be drawn over', () => {
    expect(screenLines('a\nb\nc\nd', { columns: 9, rows: 4 })).toEqual(['a', 'b', '…'])
    expect(screenLines('a\nb\nc', { columns: 9, rows: 4 })).toEqual(['a', 'b', 'c'])
  })
})
