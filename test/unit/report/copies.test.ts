import { describe, expect, test } from 'vitest'
import { backupCopyScreen } from '../../../src/report/backupCopy.js'
import { copiesOf } from '../../../src/report/backupRow.js'
import { terminal } from './canvas.js'

const copy = {
  id: 'medical-20261121T010000Z',
  target: 'medical',
  to: 'offsite',
  because: 'size and ETag of the whole agree',
  bytes: 24_000_000,
  resumedBytes: 0,
  seconds: 3.2,
}

describe('copies', () => {
  test('are shown with what became of each', () => {
    const copies = [
      { ...copy, state: 'copied' as const, resumedBytes: 8_400_000 },
      { ...copy, to: 'nas', state: 'there' as const },
      { ...copy, to: 'usb', state: 'failed' as const, because: 'not mounted \u001b[2J' },
    ]
    expect(backupCopyScreen({ slices: [], copies }, terminal)).toMatchInlineSnapshot(`
      "✔ medical-20261121T010000Z  offsite  copied  24 MB, 8.4 MB of them brought before  3.2 s
        size and ETag of the whole agree
      ✔ medical-20261121T010000Z  nas  there already
        size and ETag of the whole agree
      ✗ medical-20261121T010000Z  usb  failed
        not mounted \\u001b[2J"
    `)
  })

  test('of nothing say how to get something', () => {
    expect(backupCopyScreen({ slices: [], copies: [] }, terminal)).toContain('ops backup takes one')
  })

  test('in a list are the places that have one, and those that failed', () => {
    const at = '2026-11-21T01:00:00.000Z'
    expect(copiesOf({ copies: [] })).toBe('')
    expect(
      copiesOf({
        copies: [
          { to: 'nas', state: 'ok', at },
          { to: 'usb', state: 'failed', at },
        ],
      }),
    ).toBe('nas, usb failed')
  })
})
