import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchStream } from '../../../src/procedures/backup/watchStream.js'
import { fakeClock } from '../../fakes/clock.js'

/** A clock whose sleepers wake at the next turn of the event loop, each time later. */
function quickClock() {
  const clock = fakeClock()
  return {
    ...clock,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      await sleep(0)
      signal?.throwIfAborted()
      clock.advance(milliseconds)
    },
  }
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await sleep(0)
}

test('a stream that stands still for minutes is given up', async () => {
  const watch = watchStream(quickClock(), 'mongodump', new AbortController().signal)
  watch.passed(100)
  await turns(200)
  expect(watch.signal.aborted).toBe(true)
  expect(watch.signal.reason).toMatchObject({ code: 'STREAM_STALLED', exitCode: 124 })
})

test('a stream that is no longer watched may be quiet for hours: mongorestore builds its indexes', async () => {
  const watch = watchStream(quickClock(), 'mongorestore', new AbortController().signal)
  watch.passed(100)
  watch.stop()
  await turns(200)
  expect(watch.signal.aborted).toBe(false)
})
