import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

/** Letters of a line that are looked at. */
const longestLine = 8_192

/** Letters that are handed over at once. */
const batchSize = 1_048_576

/** Cuts a stream into lines, the long ones short, without colours: batches of them, in bounded memory whatever comes. */
export class BoundedLines {
  readonly #decoder = new StringDecoder('utf8')
  #batch: string[] = []
  #size = 0
  #line = ''
  #begun = false
  /** Lines so far, the unfinished one left aside. */
  count = 0

  /** Takes bytes in. */
  add(chunk: Uint8Array): void {
    const parts = this.#decoder.write(Buffer.from(chunk)).split('\n')
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.#end()
      if (part !== '') this.#begun = true
      if (this.#line.length < longestLine)
        this.#line += part.slice(0, longestLine - this.#line.length)
    }
  }

  /** Whether there is enough for a batch. */
  get isFull(): boolean {
    return this.#size >= batchSize
  }

  /** The lines since the last time; at the end of the stream the unfinished one too. */
  take(atEnd = false): readonly string[] {
    if (atEnd && this.#begun) this.#end()
    const batch = this.#batch
    this.#batch = []
    this.#size = 0
    return batch
  }

  #end(): void {
    this.count += 1
    this.#size += this.#line.length + 1
    this.#batch.push(stripVTControlCharacters(this.#line.replace(/\r$/, '')))
    this.#line = ''
    this.#begun = false
  }
}
