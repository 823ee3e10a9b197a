import type { Lines } from '../../src/ports/lines.js'

/** Lines in memory. `refuse` makes it a disk that takes no more. */
export function fakeLines(text = ''): Lines & { text: string; refuse: Error | undefined } {
  return {
    text,
    refuse: undefined,
    add(more) {
      if (this.refuse) return Promise.reject(this.refuse)
      this.text += more
      return Promise.resolve()
    },
    read(mostBytes = Infinity) {
      const end = this.text.slice(Math.max(0, this.text.length - mostBytes))
      const first = end.length === this.text.length ? 0 : end.indexOf('\n') + 1
      return Promise.resolve(end.slice(first, end.lastIndexOf('\n') + 1))
    },
  }
}
