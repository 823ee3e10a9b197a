import type { ToolHost } from './toolHost.js'
import { LineTail } from './lineTail.js'
import { redactor } from './redact.js'
import { leftMark, processMark } from './wrapper.js'

/** What the restore wrapper and its tool say on standard error, taken apart. */
export class Spoken {
  /** The tool's process, as soon as the wrapper tells it. */
  readonly number: Promise<number>
  /** Resolves when the wrapper tells that the tool has left. */
  readonly left: Promise<void>
  known: number | undefined
  /** Whether it told so by now. */
  hasLeft = false
  readonly #tail: LineTail
  #tellNumber: (number: number) => void = () => undefined
  #tellLeft: () => void = () => undefined

  /** @param onReplay called when mongorestore has restored everything but the oplog (`RestoreOplog`, mongorestore/oplog.go) */
  constructor(
    { secrets }: ToolHost,
    private readonly onReplay: () => void = () => undefined,
  ) {
    this.number = new Promise((resolve) => {
      this.#tellNumber = resolve
    })
    this.left = new Promise((resolve) => {
      this.#tellLeft = resolve
    })
    this.#tail = new LineTail(redactor(secrets), (line) => {
      this.#heed(line)
    })
  }

  add(chunk: Uint8Array): void {
    this.#tail.add(chunk)
  }

  /** The tool's own last lines. */
  lines(): readonly string[] {
    return this.#tail.lines().filter((line) => !isMark(line))
  }

  #heed(line: string): void {
    if (line.endsWith('\treplaying oplog')) this.onReplay()
    if (line.startsWith(leftMark)) {
      this.hasLeft = true
      this.#tellLeft()
    }
    if (!line.startsWith(processMark)) return
    this.known = Number(line.slice(processMark.length))
    this.#tellNumber(this.known)
  }
}

function isMark(line: string): boolean {
  return line.startsWith(processMark) || line.startsWith(leftMark)
}
