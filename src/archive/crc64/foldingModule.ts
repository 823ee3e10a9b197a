/**
 * The one loop that JavaScript cannot do fast: sixteen bytes at a time. It is put together from its instructions, so that
 * there is nothing to build and nothing to trust but this page. Codes are those of the WebAssembly Core Specification 2.0,
 * chapter 5 (https://www.w3.org/TR/wasm-core-2/); the section stands beside each.
 */

/** Bytes that one turn of the loop takes: those of a vector. */
export const turnBytes = 16

/** Parameters of the function, and the locals that they are (5.4.4). */
const target = 0
const source = 1
const end = 2

// Types (5.3)
const i32 = 0x7f
const nothing = 0x40
const functionType = 0x60

// Instructions: 5.4.1 control, 5.4.4 variables, 5.4.7 numbers, 5.4.8 vectors
const loop = 0x03
const endOfBlock = 0x0b
const branchIf = 0x0d
const get = 0x20
const set = 0x21
const constant = 0x41
const isLess = 0x49
const add = 0x6a
const vector = 0xfd
const load = 0x00
const store = 0x0b
const xor = 0x51

/**
 * The bytes of a module that exports `memory` (of so many pages of 64 KiB, never more) and
 * `fold(target, source, end)`, which does, for 16 bytes a turn until `target` has reached `end`:
 *
 *     memory[target] ^= memory[source - d]  for each distance d; target++; source++
 *
 * Distances are in bytes, 16 or more (a turn reads nothing that it writes); `source` is at least that.
 */
export function foldingModule(distances: readonly number[], pages: number): Uint8Array {
  const longest = Math.max(...distances)
  const code = [
    ...[get, source, constant, ...signed(-longest), add, set, source],
    ...[loop, nothing],
    ...[get, target],
    ...loaded(target, 0),
    // An address is a local and a constant that is never negative: hence `source` was put back by the longest distance.
    ...distances.flatMap((distance) => [...loaded(source, longest - distance), ...[vector, xor]]),
    ...[vector, store, ...place(0)],
    ...advanced(source),
    ...advanced(target),
    ...[get, target, get, end, isLess, branchIf, 0],
    endOfBlock,
    endOfBlock,
  ]
  const noLocals = 0
  return Uint8Array.from([
    ...[0x00, ...ascii('asm'), 1, 0, 0, 0], // 5.5.16
    ...section(1, [1, functionType, ...sized([i32, i32, i32]), ...sized([])]), // 5.5.4
    ...section(3, [1, 0]), // 5.5.6
    ...section(5, [1, 1, ...unsigned(pages), ...unsigned(pages)]), // 5.5.8
    ...section(7, [2, ...sized(ascii('fold')), 0, 0, ...sized(ascii('memory')), 2, 0]), // 5.5.10
    ...section(10, [1, ...sized([noLocals, ...code])]), // 5.5.13
  ])
}

function loaded(base: number, offset: number): number[] {
  return [get, base, vector, load, ...place(offset)]
}

function advanced(local: number): number[] {
  return [get, local, constant, ...signed(turnBytes), add, set, local]
}

/** Alignment, as a power of two, and offset (5.4.6): any address will do. */
function place(offset: number): number[] {
  return [0, ...unsigned(offset)]
}

/** 5.5.2 */
function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

/** Bytes after how many they are (5.1.3, where each thing is a byte). */
function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function ascii(name: string): number[] {
  return [...Buffer.from(name, 'ascii')]
}

/** LEB128 without a sign (5.2.2). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** LEB128 with a sign (5.2.2). */
function signed(value: number): number[] {
  const isLast = value >= -0x40 && value < 0x40
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
}
