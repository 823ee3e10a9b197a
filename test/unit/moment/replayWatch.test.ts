import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchStream } from '../../../src/procedures/backup/watchStream.js'
import { watchReplay } from '../../../src/procedures/moment/replayWatch.js'
import { fakeClock } from '../../fakes/clock.js'
import { FakeServer } from '../../fakes/server.js'
import { medical } from '../../fakes/world.js'

/** A clock whose sleepers wake when their time has come; time goes on by itself. */
function runningClock() {
  const clock = fakeClock()
  return {
    ...clock,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      const until = clock.elapsed() + milliseconds
      while (clock.elapsed() < until) {
        await sleep(0)
        signal?.throwIfAborted()
      }
    },
  }
}

/** Whether a stream is given up in which nothing passes for a quarter of an hour, while the server answers so. */
async function givenUp(applied: (milliseconds: number) => number | undefined): Promise<boolean> {
  const clock = runningClock()
  const server = new FakeServer()
  server.applied = () => applied(clock.elapsed())
  const ended = new AbortController()
  const watch = watchStream(clock, 'mongorestore', new AbortController().signal)
  watch.passed(16_000_000)
  const watching = watchReplay(medical, { mongo: server, clock }, ended.signal, () => {
    watch.moved()
  })
  for (let at = 0; at < 300 && !watch.signal.aborted; at++) {
    clock.advance(3000)
    await sleep(0)
  }
  ended.abort()
  watch.stop()
  await watching
  return watch.signal.aborted
}

test('a transaction whose operations are being applied is no stall, however long it takes', async () => {
  expect(await givenUp((now) => Math.floor(now / 2))).toBe(false)
})

test('a server that applies nothing any more is one, and so is one that may not be asked', async () => {
  expect(await givenUp((now) => Math.min(now, 300_000))).toBe(true)
  expect(await givenUp(() => undefined)).toBe(true)
})
