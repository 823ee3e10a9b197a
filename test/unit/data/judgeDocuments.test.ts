import { describe, expect, test } from 'vitest'
import { judgeDocuments } from '../../../src/checks/data/judgeDocuments.js'
import { blindly, evidence, only, tally } from './scene.js'

const judged = (changes: Parameters<typeof evidence>[0]) => only(judgeDocuments(evidence(changes)))

describe('the number of documents', () => {
  test('is fine between the two bounds, and on them', () => {
    for (const documents of [{ min: 100 }, { max: 100 }, { min: 1, max: 200 }, undefined])
      expect(judged({ expected: documents ? { documents } : {} })).toMatchObject({
        severity: 'ok',
        value: { documents: 100, exactly: true },
      })
  })

  test('fails below the one and above the other, and says by how many', () => {
    const few = judged({ expected: { documents: { min: 54_966 } }, tally: tally(54_900) })
    expect(few).toMatchObject({ severity: 'fail', value: { documents: 54_900, min: 54_966 } })
    expect(few.says).toContain('66 fewer')
    const much = judged({ expected: { documents: { max: 99 } } })
    expect(much).toMatchObject({ severity: 'fail' })
    expect(much.next).toContain('ops data duplicates medical_records.healthcare_data')
  })

  test('is that of the catalog where documents were only sampled, and says so', () => {
    const live = { type: 'collection', estimated: 5_000_000, indexes: [] } as const
    const sampled = tally(1000, {}, false)
    const fine = judged({ expected: { documents: { min: 10 } }, live, tally: sampled })
    expect(fine).toMatchObject({ severity: 'ok', value: { documents: 5_000_000, exactly: false } })
    expect(fine.says).toBe('about 5,000,000 documents')
    const few = judged({ expected: { documents: { min: 6_000_000 } }, live, tally: sampled })
    expect(few.severity).toBe('fail')
    expect(few.next[0]).toContain('--exact')
  })

  test('is doubtful where there are none, and nobody said that this is right', () => {
    expect(judged({ tally: tally(0) })).toMatchObject({ severity: 'warn' })
    const right = { documents: { min: 0 } }
    expect(judged({ tally: tally(0), expected: right })).toMatchObject({ severity: 'ok' })
  })

  test('is doubtful where there are none and only a most was said, unless that is none', () => {
    const most = { documents: { max: 200 }, required: ['a'] }
    expect(judged({ tally: tally(0), expected: most })).toMatchObject({ severity: 'warn' })
    const none = { documents: { max: 0 } }
    expect(judged({ tally: tally(0), expected: none })).toMatchObject({ severity: 'ok' })
  })

  test('that nobody could count is not known to be right, whatever the catalog says', () => {
    for (const documents of [{ min: 100 }, { max: 100 }])
      expect(judged({ expected: { documents }, tally: blindly })).toMatchObject({
        severity: 'unknown',
        because: 'no answer within 1 s',
        value: { documents: 100, exactly: false },
      })
    const refused = { state: 'refused', code: 'READ_REFUSED', message: 'no', next: [] } as const
    expect(judged({ expected: { documents: { min: 1 } }, tally: refused })).toMatchObject({
      severity: 'unknown',
      value: { documents: 100, code: 'READ_REFUSED' },
    })
    const few = judged({ expected: { documents: { min: 101 } }, tally: blindly })
    expect(few).toMatchObject({ severity: 'fail' })
  })

  test('of a view that did not answer is not known', () => {
    const live = { type: 'view', indexes: [] } as const
    expect(judged({ live, tally: blindly })).toMatchObject({ severity: 'unknown' })
  })
})
