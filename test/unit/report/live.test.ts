import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { liveReporter } from '../../../src/report/progress/live.js'

/** A terminal in memory. */
function screen() {
  const stream = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: true })
  let text = ''
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const terminal = stream as unknown as NodeJS.WriteStream
  const reporter = liveReporter({ stream: terminal, color: false, elapsed: () => 0 })
  return { reporter, last: () => stripVTControlCharacters(text).split('✔ one').at(-1) ?? '' }
}

test('details of what is done are folded away', async () => {
  const { reporter, last } = screen()
  reporter.tell({ kind: 'planned', title: 'x', steps: ['one'] })
  reporter.tell({ kind: 'started', step: 'one' })
  reporter.tell({ kind: 'detail', step: 'one', text: '9 collections' })
  reporter.tell({ kind: 'done', step: 'one', milliseconds: 600 })
  await reporter.close()
  expect(last()).toMatch(/^ +0\.6 s\n/)
  expect(last()).not.toContain('9 collections')
})

test('what fails shows all it had told, then what was taken back, then every notice', async () => {
  const { reporter, last } = screen()
  reporter.tell({ kind: 'planned', title: 'x', steps: ['one', 'two', 'three'] })
  reporter.tell({ kind: 'started', step: 'one' })
  reporter.tell({ kind: 'done', step: 'one', milliseconds: 600 })
  reporter.tell({ kind: 'started', step: 'two' })
  reporter.tell({ kind: 'detail', step: 'two', text: 'shop.orders' })
  reporter.notice('Stopping')
  reporter.tell({ kind: 'failed', step: 'two', message: 'disk full' })
  reporter.tell({ kind: 'undone', step: 'two' })
  reporter.tell({ kind: 'stuck', step: 'one', message: 'gone' })
  await reporter.close()
  expect(last()).toContain('✖ two')
  const after = last().slice(last().lastIndexOf('three'))
  expect(after).toContain(
    'Stopping\n    shop.orders\n  ↩ taken back: two\n  ✗ not taken back: one: gone\n',
  )
})

test('a run that ends between two steps leaves no spinner behind', async () => {
  const { reporter } = screen()
  reporter.tell({ kind: 'planned', title: 'x', steps: ['one', 'two'] })
  reporter.tell({ kind: 'started', step: 'one' })
  reporter.tell({ kind: 'done', step: 'one', milliseconds: 1 })
  await expect(reporter.close()).resolves.toBeUndefined()
  await expect(reporter.close()).resolves.toBeUndefined()
})

test('a notice before anything runs is simply written', async () => {
  const { reporter, last } = screen()
  reporter.notice('hello')
  await reporter.close()
  expect(last()).toBe('hello\n')
})
