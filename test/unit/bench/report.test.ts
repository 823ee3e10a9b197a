import { describe, expect, it } from 'vitest'
import type { Measured } from '../../../bench/measure.js'
import { rowOf, table } from '../../../bench/report.js'

const took = (...seconds: number[]): Measured[] =>
  seconds.map((value, at) => ({ seconds: value, peakBytes: (at + 1) * 1e6 }))

const name = { data: 'large', work: 'backup' }

describe('a row of the bench', () => {
  it('holds ops and the peer against the usual way, round by round', () => {
    const runs = { guide: took(10, 20, 40), ops: took(5, 4, 20), peer: took(20, 30, 40) }
    const row = rowOf(name, runs, { guide: 100, ops: 110, peer: 90 })
    expect(row).toEqual({
      ...name,
      guide: 20,
      ops: { seconds: 5, ratio: 0.5, fastest: 0.2, slowest: 0.5, size: 1.1 },
      peakBytes: 3e6,
      peer: { seconds: 30, ratio: 1.5, fastest: 1, slowest: 2, size: 0.9 },
    })
  })

  it('has no peer and no size where none was measured', () => {
    const row = rowOf(name, { guide: took(2), ops: took(1) })
    expect(row).not.toHaveProperty('peer')
    expect(row.ops).not.toHaveProperty('size')
  })
})

describe('the table of the bench', () => {
  const alone = rowOf({ data: 'large', work: 'verify' }, { guide: took(2), ops: took(1) })
  const beside = rowOf(name, { guide: took(2), ops: took(1), peer: took(3) })

  it('shows the three side by side, with empty cells where the peer has nothing to show', () => {
    expect(table([alone, beside], 'Peer 1.0').split('\n')).toEqual([
      '| data | work | the usual way | ops | ratio (min–max) | archive | memory of ops | Peer 1.0 | its ratio (min–max) | its archive |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| large | verify | 2.00 s | 1.00 s | **0.50** (0.50–0.50) |  | 1 MB |  |  |  |',
      '| large | backup | 2.00 s | 1.00 s | **0.50** (0.50–0.50) |  | 1 MB | 3.00 s | **1.50** (1.50–1.50) |  |',
    ])
  })

  it('has no column of a peer that took no part', () => {
    expect(table([alone], 'Peer 1.0')).not.toContain('Peer')
  })
})
