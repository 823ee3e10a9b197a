import { expect, test } from 'vitest'
import type { Receipt } from '../../../src/domain/receipt.js'
import { replayRate } from '../../../src/procedures/moment/replayRate.js'

const receipt = (startedAt: string, replay?: unknown, target = 'medical') =>
  ({ target, startedAt, proof: { replay } }) as unknown as Receipt

test('operations are replayed as fast as the newest restore measured it', () => {
  const receipts = [
    receipt('2026-11-20', { operations: 10_000, milliseconds: 10_000 }),
    receipt('2026-11-21', { operations: 6_000, milliseconds: 2_000 }),
    receipt('2026-11-22'),
    receipt('2026-11-23', { operations: 10_000, milliseconds: 1 }, 'other'),
  ]
  expect(replayRate(receipts, 'medical')).toBe(3_000)
})

test('few operations say nothing of it', () => {
  expect(replayRate([], 'medical')).toBe(5_000)
  const few = receipt('2026-11-21', { operations: 10, milliseconds: 1 })
  expect(replayRate([few], 'medical')).toBe(5_000)
})
