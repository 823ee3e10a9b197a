import { foldingEngine, type FoldingEngine } from './foldingEngine.js'
import { foldingModule, turnBytes } from './foldingModule.js'

/**
 * A byte may be taken away if it is added (XOR) at each of these distances behind it, in bytes: the checksum stays what it
 * was. So it is because x^(8·D), with D the longest, and x^(8·(D-d)) for each d add up to a multiple of the polynomial, which
 * is what their test computes. Any such set would do. This one was searched for few and short distances, none so short that
 * what is read has only just been written.
 */
export const foldingDistances = [156, 460, 563, 888, 1322, 1337, 2444] as const

/** Ranges below so many bytes are not worth it: what is left of them is taken in byte by byte all the same. */
export const worthFolding = 8 * 1024

/** What a checksum has come to, before its end: two words of 32 bits. */
export interface Register {
  readonly low: number
  readonly high: number
}

/**
 * Answers bytes that leave a register of zero as `bytes`, from `start` up to and without `end`, leave `register`: some
 * kilobytes, valid until the next call. Takes `worthFolding` bytes or more. Undefined where it cannot be done.
 */
export type Fold = (
  bytes: Uint8Array,
  start: number,
  end: number,
  register: Register,
) => Uint8Array | undefined

const longest = Math.max(...foldingDistances)
const pageBytes = 64 * 1024

/** Bytes folded at a time. They lie in the processor's nearest memory between being copied and being read. */
const windowBytes = pageBytes

/** Where the parts of the module's memory begin: the end of the window before, the window, and what is left at last. */
const window = wholeTurns(longest) + turnBytes
const rest = window + windowBytes
const pages = Math.ceil((rest + window + 2 * turnBytes) / pageBytes)

/**
 * The method is Russell's (Chorba, https://arxiv.org/abs/2412.16398), which zlib-ng has for CRC-32. It cannot be done where
 * there is no WebAssembly with vectors.
 */
export const fold: Fold = (bytes, start, end, register) => {
  engine ??= foldingEngine(foldingModule(foldingDistances, pages)) ?? 'none'
  if (engine === 'none') return undefined
  const { run, memory } = engine
  memory.fill(0, 0, window)
  let at = start
  // The last bytes have nothing behind them that they could be added to.
  const last = end - longest
  while (last - at >= turnBytes) {
    const taken = wholeTurns(Math.min(windowBytes, last - at))
    memory.set(bytes.subarray(at, at + taken), window)
    if (at === start) takeIn(register, memory)
    run(window, window, window + taken)
    memory.copyWithin(0, taken, taken + window)
    at += taken
  }
  const left = end - at
  memory.set(bytes.subarray(at, end), rest)
  memory.fill(0, window, window + wholeTurns(left) + turnBytes)
  run(rest, window, rest + left)
  return memory.subarray(rest, rest + left)
}

/** One for all checksums: nothing stays in it from one range to the next. */
let engine: FoldingEngine | 'none' | undefined

/** What was taken in before counts as if it were added to the first eight bytes. */
function takeIn({ low, high }: Register, memory: Uint8Array): void {
  const first = new DataView(memory.buffer, window, 8)
  first.setInt32(0, first.getInt32(0, true) ^ low, true)
  first.setInt32(4, first.getInt32(4, true) ^ high, true)
}

function wholeTurns(length: number): number {
  return length - (length % turnBytes)
}
