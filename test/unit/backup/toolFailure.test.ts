import { describe, expect, test } from 'vitest'
import { toolFailure } from '../../../src/procedures/backup/toolFailure.js'

const said = (...lines: string[]) => toolFailure('mongorestore', { exitCode: 1, lines }, []).message

const summary =
  '2026-11-21T16:00:02.000+0000\t54976 document(s) restored successfully. 0 document(s) failed to restore.'

describe('a tool that failed', () => {
  test('is quoted with its cause, wherever the harmless count stands', () => {
    const cause = '2026-11-21T16:00:01.000+0000\tFailed: corruption found in archive; 16777224'
    expect(said('preparing', cause, summary)).toMatch(/it said: Failed: corruption found/)
    expect(said(summary, cause)).toMatch(/it said: Failed: corruption found/)
  })

  test('is quoted with what sounds like an error, or with its last word', () => {
    expect(said('error connecting to host', 'done', summary)).toMatch(/it said: error connecting/)
    expect(said('one', 'two', summary)).toMatch(/it said: two$/)
  })
})
