import type { ArchiveEvents, BlockPlan } from './scanner.js'

/** Tells two listeners of one scan; what the first refuses the second never hears of. */
export class Alongside implements ArchiveEvents {
  constructor(
    readonly first: ArchiveEvents,
    readonly second: ArchiveEvents,
  ) {}

  header(document: Buffer, offset: number): void {
    this.first.header(document, offset)
    this.second.header(document, offset)
  }

  entry(document: Buffer, offset: number): void {
    this.first.entry(document, offset)
    this.second.entry(document, offset)
  }

  preludeEnd(): void {
    this.first.preludeEnd()
    this.second.preludeEnd()
  }

  complete(): boolean {
    return this.first.complete()
  }

  block(header: Buffer, offset: number): BlockPlan {
    const first = this.first.block(header, offset)
    const second = this.second.block(header, offset)
    return {
      whole: first.whole || second.whole,
      largest: Math.min(first.largest, second.largest),
    }
  }

  bytes(chunk: Buffer, start: number, end: number): void {
    this.first.bytes(chunk, start, end)
    this.second.bytes(chunk, start, end)
  }

  document(document: Buffer, offset: number): void {
    this.first.document(document, offset)
    this.second.document(document, offset)
  }

  blockEnd(documents: number): void {
    this.first.blockEnd(documents)
    this.second.blockEnd(documents)
  }
}
