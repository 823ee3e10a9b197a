import { expect, test } from 'vitest'
import { nextAsTyped } from '../../../src/cli/asTyped.js'
import { Failure } from '../../../src/domain/failure.js'

const next = (line: string, command: string, ...argv: string[]) =>
  nextAsTyped(new Failure('refused', 'X', 'no', [line]), { command, argv }).next[0]

test.each([
  ['ops … --confirm medical', 'undo', [], 'ops undo --confirm medical'],
  ['ops … --confirm medical', 'undo', ['R-1', '--json'], 'ops undo R-1 --json --confirm medical'],
  [
    'ops … --confirm medical',
    'undo',
    ['--confirm', 'med', 'R-1'],
    'ops undo R-1 --confirm medical',
  ],
  ['ops … --confirm medical', 'undo', ['--confirm=med'], 'ops undo --confirm medical'],
  ['ops … --target billing', 'backup', ['-t', 'x', '-q'], 'ops backup -q --target billing'],
  [
    'ops … --dry-run',
    'backup prune',
    ['-n', '--last-good'],
    'ops backup prune --last-good --dry-run',
  ],
  ['ops … --config FILE', 'doctor', [], 'ops doctor --config FILE'],
  ['sudo ops …', 'schedule install', ['--system'], 'sudo ops schedule install --system'],
  ['ops … --no-x   (no way back)', 'restore', ['a b'], "ops restore 'a b' --no-x   (no way back)"],
  ['ops … --confirm medical', 'restore', ['--', '-x'], 'ops restore --confirm medical -- -x'],
  ['ops doctor', 'restore', ['x'], 'ops doctor'],
])('%s, after %s %j', (line, command, argv, expected) => {
  expect(next(line, command, ...argv)).toBe(expected)
})
