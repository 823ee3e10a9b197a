import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { areSameLimits, limitsText, readLimits } from '../../../src/domain/limitsFile.js'

const services = { mongodb: { mem_limit: '576m', memswap_limit: '640m' } }

describe('the compose file of limits', () => {
  test('is YAML, and read back as it was written', () => {
    const text = limitsText(services)
    expect(parse(text)).toEqual({ services })
    expect(readLimits(text)).toEqual(services)
  })

  test('is not taken for one of ops where somebody has written it anew', () => {
    expect(readLimits('services: {mongodb: {mem_limit: 1g}}\n')).toBeUndefined()
    expect(readLimits(limitsText(services).replace('{', 'x'))).toBeUndefined()
  })

  test('says the same in whatever order', () => {
    expect(
      areSameLimits(
        { mem_limit: '1m', memswap_limit: '2m' },
        { memswap_limit: '2m', mem_limit: '1m' },
      ),
    ).toBe(true)
    expect(areSameLimits({ mem_limit: '1m' }, { mem_limit: '2m' })).toBe(false)
    expect(areSameLimits(null, null)).toBe(true)
    expect(areSameLimits({ mem_limit: '1m' }, null)).toBe(false)
  })
})
