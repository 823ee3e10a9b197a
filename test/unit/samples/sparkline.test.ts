import { expect, test } from 'vitest'
import { memoryLine, processorLine, sparkline } from '../../../src/report/format/sparkline.js'

test('bars go from the lowest to the highest, and what was not measured is a dot', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, null, 9, -1], 0, 7.99)).toBe('▁▂▃▄▅▆▇█·█▁')
  expect(sparkline([3, 3], 3, 3)).toBe('▁▁')
  expect(sparkline([], 0, 1)).toBe('')
})

test('a processor that hardly works draws no mountains', () => {
  expect(processorLine([0, 1, 2, null])).toBe('▁▁▁·')
  expect(processorLine([0, 200])).toBe('▁█')
})

test('memory that stays draws a plain, and memory that grows a slope', () => {
  expect(memoryLine([1e9, 1.01e9, 1e9])).toBe('▁▁▁')
  expect(memoryLine([1e9, 1.5e9, 2e9])).toBe('▁▅█')
})
