import { expect, test } from 'vitest'
import { asBug } from '../../../src/cli/bug.js'
import { RunLog } from '../../../src/cli/ownLog.js'

test('a bug is told without the documents that its message quotes, however many lines they take', async () => {
  const written: string[] = []
  const log = new RunLog({ run: '9d42ab01', command: 'data check', now: () => new Date(0) })
  const add = (text: string) => Promise.resolve(void written.push(text))
  log.open('/var/log/ops/ops.log', { add, read: () => Promise.resolve('') }, 'info')
  const error = new TypeError('cannot take {\n  name: "Ada Lovelace",\n  ward: 3\n}')
  const { message, code } = await asBug(error, log, 12)
  expect(code).toBe('BUG')
  expect(message).toContain('TypeError: cannot take {…} (its details are in /var/log/ops/ops.log)')
  const [line = ''] = written
  expect(line + message).not.toMatch(/Ada|ward/)
  expect((JSON.parse(line) as { stack: string }).stack).toMatch(/\n +at .*bug\.test\.ts/)
})
