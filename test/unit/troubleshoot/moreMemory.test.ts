import { describe, expect, test } from 'vitest'
import { cacheOption, limitText, moreMemory } from '../../../src/checks/troubleshoot/moreMemory.js'

const MiB = 1024 ** 2
const roomy = { machineBytes: 16_384 * MiB, othersBytes: 0 }

describe('the memory that a service is to get', () => {
  test('is twice of what it has', () => {
    expect(moreMemory({ limitBytes: 256 * MiB, ...roomy })).toEqual({ toBytes: 512 * MiB })
  })

  test('holds the cache with something beside it', () => {
    const found = moreMemory({ limitBytes: 64 * MiB, cacheBytes: 256 * MiB, ...roomy })
    expect(found).toEqual({ toBytes: 576 * MiB })
  })

  test('is half more than what it uses', () => {
    const found = moreMemory({ limitBytes: 500 * MiB, usedBytes: 1024 * MiB, ...roomy })
    expect(found).toEqual({ toBytes: 1536 * MiB })
  })

  test('leaves the others what they use, and a quarter of the machine', () => {
    const scarce = { limitBytes: 512 * MiB, machineBytes: 2048 * MiB, othersBytes: 700 * MiB }
    expect(moreMemory(scarce)).toEqual({ toBytes: 832 * MiB })
  })

  test.each([
    [
      'the machine has not that much',
      { limitBytes: 900 * MiB, machineBytes: 1024 * MiB, othersBytes: 0 },
    ],
    ['nobody knows what the machine has', { limitBytes: 900 * MiB, othersBytes: 0 }],
    ['nobody knows what others use', { limitBytes: 256 * MiB, machineBytes: 16_384 * MiB }],
    [
      'the cache would not go into it',
      {
        limitBytes: 256 * MiB,
        cacheBytes: 4096 * MiB,
        machineBytes: 2048 * MiB,
        othersBytes: 0,
      },
    ],
  ])('is none where %s', (_, need) => {
    expect(moreMemory(need)).toHaveProperty('because')
  })

  test('is written as compose files have it', () => {
    expect(limitText(576 * MiB)).toBe('576m')
    expect(cacheOption(['mongod', '--wiredTigerCacheSizeGB=0.25'])).toBe(256 * MiB)
    expect(cacheOption(['mongod', '--wiredTigerCacheSizeGB', '2'])).toBe(2048 * MiB)
    expect(cacheOption(['mongod'])).toBeUndefined()
  })
})
