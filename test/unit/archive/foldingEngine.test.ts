import { expect, test } from 'vitest'
import { foldingEngine } from '../../../src/archive/crc64/foldingEngine.js'
import { foldingModule } from '../../../src/archive/crc64/foldingModule.js'
import { seeded } from './feeding.js'

const distances = [16, 77, 300]

test('the folding module adds what lies at each distance before, as far as it is told', () => {
  const random = seeded(2)
  const engine = foldingEngine(foldingModule(distances, 1))
  if (!engine) throw new Error('this machine has no vectors')
  const { run, memory } = engine
  expect(memory.length).toBe(65_536)
  for (const [target, source] of [
    [304, 304],
    [5001, 317],
  ] as const) {
    for (let at = 0; at < memory.length; at++) memory[at] = random() * 256
    const expected = Uint8Array.from(memory)
    for (let at = 0; at < 1600; at++) {
      for (const distance of distances)
        expected[target + at] =
          (expected[target + at] ?? 0) ^ (expected[source + at - distance] ?? 0)
    }
    run(target, source, target + 1600)
    expect(Buffer.from(memory).equals(expected)).toBe(true)
  }
})

test('a module that the engine does not take is no engine', () => {
  const module = foldingModule(distances, 1)
  module[module.length - 2] = 0xff
  expect(foldingEngine(module)).toBeUndefined()
})

test('where no addresses are left to reserve there is no engine', () => {
  class Instance {
    readonly exports: object
    constructor() {
      throw new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory')
    }
  }
  const api = { validate: () => true, Module: Object, Instance }
  expect(foldingEngine(foldingModule(distances, 1), api)).toBeUndefined()
})
