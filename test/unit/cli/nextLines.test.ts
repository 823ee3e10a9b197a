import { expect, test } from 'vitest'
import { nextWithConfig } from '../../../src/cli/nextLines.js'
import { Failure } from '../../../src/domain/failure.js'

const next = (line: string, file?: string) =>
  nextWithConfig(new Failure('failed', 'X', 'it failed', [line]), file).next[0]

test.each([
  ['ops doctor', '/etc/ops.yaml', 'ops doctor --config /etc/ops.yaml'],
  ['ops restore   (plan again)', 'o.yaml', 'ops restore --config o.yaml   (plan again)'],
  ['ops doctor', 'my ops.yaml', "ops doctor --config 'my ops.yaml'"],
  ['ops help exit-codes', 'o.yaml', 'ops help exit-codes'],
  ['df -h', 'o.yaml', 'df -h'],
  ['ops doctor', undefined, 'ops doctor'],
])('%s with --config %s is %s', (line, file, expected) => {
  expect(next(line, file)).toBe(expected)
})
