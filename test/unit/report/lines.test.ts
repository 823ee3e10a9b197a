import { expect, test } from 'vitest'
import { lineReporter } from '../../../src/report/progress/lines.js'
import { silentReporter } from '../../../src/report/progress/silent.js'
import { fakeClock } from '../../fakes/clock.js'

function scene() {
  const clock = fakeClock()
  const written: string[] = []
  const sink = { write: (text: string) => written.push(text) }
  return { clock, written, sink, reporter: lineReporter(sink, clock) }
}

test('each thing that happens is a line with its time', () => {
  const { written, reporter, clock } = scene()
  reporter.tell({ kind: 'planned', title: 'back up medical', steps: ['Dump'] })
  reporter.tell({ kind: 'started', step: 'Dump' })
  clock.advance(2500)
  reporter.tell({ kind: 'detail', step: 'Dump', text: '9 collections\u001b[2J' })
  reporter.tell({ kind: 'done', step: 'Dump', milliseconds: 2500 })
  reporter.tell({ kind: 'failed', step: 'Verify', message: 'checksum' })
  reporter.tell({ kind: 'undone', step: 'Dump' })
  reporter.tell({ kind: 'stuck', step: 'Verify', message: 'gone' })
  reporter.notice('Stopping')

  expect(written.join('')).toBe(`2026-11-21T13:02:04Z plan     back up medical
2026-11-21T13:02:04Z start    Dump
2026-11-21T13:02:06Z detail   9 collections\\u001b[2J
2026-11-21T13:02:06Z done     Dump 2.5s
2026-11-21T13:02:06Z failed   Verify: checksum
2026-11-21T13:02:06Z undone   Dump
2026-11-21T13:02:06Z stuck    Verify could not be undone: gone
2026-11-21T13:02:06Z notice   Stopping
`)
})

test('bytes are told once a minute, with rate and what is left', () => {
  const { written, reporter, clock } = scene()
  reporter.tell({ kind: 'started', step: 'Dump' })
  for (let second = 1; second <= 125; second++) {
    clock.advance(1000)
    reporter.tell({
      kind: 'amount',
      step: 'Dump',
      amount: { bytes: second * 1e6, expected: 250e6 },
    })
  }
  expect(written.slice(1)).toEqual([
    '2026-11-21T13:03:04Z progress Dump  60 MB of 250 MB  24 %  1 MB/s  about 3 min 10 s left\n',
    '2026-11-21T13:04:04Z progress Dump  120 MB of 250 MB  48 %  1 MB/s  about 2 min 10 s left\n',
  ])
})

test('a quiet run says nothing but what must be seen', async () => {
  const { written, sink } = scene()
  const reporter = silentReporter(sink)
  reporter.tell({ kind: 'started', step: 'Dump' })
  reporter.notice('Stopping')
  await reporter.close()
  expect(written).toEqual(['Stopping\n'])
})
