/** Lines kept until the server is ready; afterwards none, for they may quote documents. */
const kept = 20

/** What a scratch server says while it starts. */
export class ScratchTalk {
  /** Bytes free where its data will lie. */
  readonly room: Promise<number>
  /** Once it takes connections. */
  readonly ready: Promise<void>
  #tellRoom: (bytes: number) => void = () => undefined
  #tellReady: () => void = () => undefined
  #isReady = false
  #out = ''
  #rest = ''
  #lines: string[] = []

  constructor() {
    this.room = new Promise((resolve) => {
      this.#tellRoom = resolve
    })
    this.ready = new Promise((resolve) => {
      this.#tellReady = resolve
    })
  }

  /** Standard output: the table of `df -Pk`, two lines (POSIX: the fourth column is what is available, in KiB). */
  heard(chunk: Uint8Array): void {
    this.#out = (this.#out + Buffer.from(chunk).toString('utf8')).slice(0, 4096)
    const [, line] = this.#out.split('\n')
    const available = Number(line?.trim().split(/\s+/)[3])
    if (this.#out.split('\n').length > 2 && Number.isFinite(available))
      this.#tellRoom(available * 1024)
  }

  /** Standard error: the log of mongod. */
  logged(chunk: Uint8Array): void {
    if (this.#isReady) return
    const lines = (this.#rest + Buffer.from(chunk).toString('utf8')).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-16_384)
    this.#lines = [...this.#lines, ...lines].slice(-kept)
    if (!lines.some((line) => /waiting for connections/i.test(line))) return
    this.#isReady = true
    this.#lines = []
    this.#tellReady()
  }

  /** What it said last before it was ready. */
  lines(): readonly string[] {
    return [...this.#lines, ...(this.#rest === '' ? [] : [this.#rest])]
  }
}
