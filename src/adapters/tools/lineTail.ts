/** Keeps the last lines of what a tool says, secrets removed, memory bounded. */
export class LineTail {
  readonly #lines: string[] = []
  #rest = ''

  constructor(
    private readonly clean: (line: string) => string,
    private readonly onLine: (line: string) => void = () => undefined,
    private readonly limit = 40,
  ) {}

  add(chunk: Uint8Array): void {
    const parts = (this.#rest + Buffer.from(chunk).toString('utf8')).split('\n')
    // A line without an end is cut at 64 KiB: no tool writes such lines, a broken one might.
    this.#rest = (parts.pop() ?? '').slice(-65_536)
    for (const part of parts) this.#take(part)
  }

  /** Every line so far, the unfinished one included. */
  lines(): readonly string[] {
    if (this.#rest !== '') {
      this.#take(this.#rest)
      this.#rest = ''
    }
    return [...this.#lines]
  }

  #take(text: string): void {
    const line = this.clean(text.trimEnd())
    if (line === '') return
    this.onLine(line)
    this.#lines.push(line)
    if (this.#lines.length > this.limit) this.#lines.shift()
  }
}
