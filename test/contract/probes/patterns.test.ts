import { describe, expect, test } from 'vitest'
import { countMatches } from '../../../src/adapters/probes/countMatches.js'
import { calm, overAfter } from './machine.js'

async function* batches(...given: readonly (readonly string[])[]) {
  for (const batch of given) yield await Promise.resolve(batch)
}

/** Tries every way there is to divide a text. */
const endless = { source: '^(a+)+$', ignoreCase: false }
const trap = [`${'a'.repeat(40)}!`]

describe('a pattern', () => {
  test('is counted over all batches', async () => {
    const errors = { source: '^error', ignoreCase: true }
    const lines = batches(['ERROR one', 'an error'], [], ['error two'])
    expect(await countMatches(errors, lines, calm)).toBe(2)
  })

  test('that never comes to an end is ended, and nothing else waits for it', async () => {
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 10)
    const patience = 400
    const counting = countMatches(endless, batches(trap), calm, { patience })
    await expect(counting).rejects.toMatchObject({ code: 'PATTERN_TOO_SLOW', kind: 'usage' })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(10)
  })

  test('that was at work when the time was up is why it was late', async () => {
    const counting = countMatches(endless, batches(trap), overAfter(600))
    await expect(counting).rejects.toMatchObject({ code: 'PATTERN_TOO_SLOW' })
    const soon = countMatches(endless, batches(trap), overAfter(50))
    await expect(soon).rejects.toThrow('the time is up')
  })

  test('hands on what is thrown while the texts are read', async () => {
    const broken = async function* () {
      yield await Promise.resolve(['a'])
      throw new Error('the log broke off')
    }
    await expect(countMatches(endless, broken(), calm)).rejects.toThrow('the log broke off')
  })
})
