import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../src/domain/manifest.js'
import { newestMoment } from '../../../src/domain/oplog/newest.js'
import { historyOf } from '../../../src/domain/oplog/timelines.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import { waysBack, type WaysFacts } from '../../../src/procedures/dr/corruption/ways.js'
import { manifestFor } from '../../fakes/manifest.js'
import { anchor, at, base, row } from '../oplog/rows.js'

const none = historyOf({ slices: [], anchors: [], gaps: [], bases: [] })

function entry(id: string, second: number, changes: Partial<Manifest> = {}) {
  const consistentAt = new Date(second * 1000).toISOString()
  const manifest = manifestFor(id, Buffer.alloc(10), { consistentAt, rawBytes: 2e9, ...changes })
  return { manifest, path: `/shelf/${manifest.file}`, present: true }
}

const files = { content: 'dataFiles' } as const
const tested = { at: '', serverVersion: '6.0.5', documents: 1, seconds: 60, secondsPerGigabyte: 30 }

const ways = (facts: Partial<WaysFacts>) =>
  waysBack({ entries: [], history: none, receipts: [], target: 'medical', ...facts })

const ids = (facts: Partial<WaysFacts>) =>
  ways(facts).map(({ kind, entry: { manifest } }) => `${kind} ${manifest.id}`)

/** A base at second 10, slices up to 30. */
const sliced = historyOf({
  slices: row(1, [10, 20, 30]).map((manifest) => ({ manifest, present: true })),
  anchors: [anchor(10, 1)],
  gaps: [],
  bases: [base(10, 1)],
})

const measured = (startedAt: string, way: string, restoreSeconds: number): Receipt => ({
  id: startedAt,
  command: 'dr corruption',
  target: 'medical',
  title: '',
  startedAt,
  state: 'done',
  actor: '',
  host: '',
  pid: 1,
  steps: [],
  proof: { way, rawBytes: 1e9, restoreSeconds },
})

describe('ways to bring data back', () => {
  test('what loses least comes first: slices behind a base, then whatever is newest', () => {
    const entries = [entry('copy', 25, files), entry('base-1-10', 10), entry('old', 5)]
    expect(ids({ entries, history: sliced })).toEqual([
      'moment base-1-10',
      'data files copy',
      'archive base-1-10',
      'archive old',
    ])
    expect(ways({ entries, history: sliced })[0]?.at).toEqual(new Date(30_000))
  })

  test('of what loses as much, the one that is forecast to be quicker comes first', () => {
    const entries = [entry('archive', 10, { tested }), entry('copy', 10, files)]
    const receipts = [
      measured('2026-11-01', 'data files', 4),
      measured('2026-10-01', 'data files', 400),
    ]
    expect(ids({ entries, receipts })).toEqual(['data files copy', 'archive archive'])
    expect(ways({ entries, receipts }).map(({ seconds }) => seconds)).toEqual([8, 60])
    expect(ids({ entries })).toEqual(['archive archive', 'data files copy'])
    expect(ways({ entries })[1]?.seconds).toBeUndefined()
  })

  test('what holds some databases comes after whatever holds all, though it is newer', () => {
    const some = { wholeInstance: false }
    const entries = [entry('some', 25, some), entry('copy', 5, files), entry('whole', 20)]
    expect(ids({ entries })).toEqual(['archive whole', 'data files copy', 'archive some'])
    expect(ids({ entries, backup: 'some' })).toEqual(['archive some'])
  })

  test('neither damaged ones nor those whose file is gone, nor safety backups, are a way', () => {
    const entries = [
      entry('damaged', 9, { trust: 'damaged' }),
      { ...entry('gone', 8), present: false },
      entry('safety', 7, { purpose: 'safety' }),
    ]
    expect(ids({ entries })).toEqual([])
  })

  test('a backup or a moment that was asked for is the only one', () => {
    const entries = [entry('base-1-10', 10), entry('old', 5)]
    const history = sliced
    expect(ids({ entries, history, backup: 'old' })).toEqual(['archive old'])
    const wanted = { until: at(15), text: '15:1' }
    expect(ids({ entries, history, wanted })).toEqual(['moment base-1-10'])
    const never = { until: at(99), text: '99:1' }
    expect(() => ids({ entries, history, wanted: never })).toThrow(
      expect.objectContaining({ code: 'MOMENT_UNREACHABLE' }),
    )
  })
})

describe('the newest moment', () => {
  test('is the end of the slices, and none without slices', () => {
    expect(newestMoment(sliced)?.until).toEqual(at(30))
    expect(newestMoment(none)).toBeUndefined()
  })

  test('comes before an operation that no replay can carry', () => {
    const [first, second] = row(1, [10, 20, 30])
    if (!first || !second) throw new Error('two slices')
    const refusing = (seconds: number) => ({
      ...second,
      refusals: [{ at: at(seconds), what: 'a command' }],
    })
    const history = (last: typeof second) =>
      historyOf({
        slices: [first, last].map((manifest) => ({ manifest, present: true })),
        anchors: [anchor(10, 1)],
        gaps: [],
        bases: [base(10, 1)],
      })
    expect(newestMoment(history(refusing(25)))?.until).toEqual({ seconds: 25, ordinal: 0 })
  })
})
