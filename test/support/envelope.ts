import { expect } from 'vitest'
import type { Ended } from './cli.js'

/** What `--json` prints of a command that did what it is for. */
export interface Answer<Result> {
  readonly ok: boolean
  readonly command: string
  readonly result: Result
  readonly warnings: readonly string[]
}

/** The one JSON object of a run that must have ended well. */
export function answerOf<Result>(ended: Ended): Answer<Result> {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
  expect(ended.stdout.trim().split('\n')).toHaveLength(1)
  const answer = JSON.parse(ended.stdout) as Answer<Result>
  expect(answer.ok).toBe(true)
  return answer
}
