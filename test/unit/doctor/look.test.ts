import { expect, test } from 'vitest'
import { isLate, look, type Watch } from '../../../src/checks/doctor/look.js'
import { Failure } from '../../../src/domain/failure.js'

/** A clock whose deadlines pass when they are told to, and that tells how many of them are being waited for. */
function watching() {
  const controller = new AbortController()
  const waiting = new Map<number, () => void>()
  const watch: Watch = {
    signal: controller.signal,
    clock: {
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          waiting.set(milliseconds, resolve)
          signal?.addEventListener('abort', () => {
            waiting.delete(milliseconds)
            reject(signal.reason as Error)
          })
        }),
    },
  }
  const pass = (seconds: number) => {
    waiting.get(seconds * 1000)?.()
  }
  return { watch, waiting, pass, controller }
}

const never = () => new Promise<never>(() => undefined)

test('what answers in time is seen, and its deadline is forgotten', async () => {
  const { watch, waiting } = watching()
  expect(await look(watch, 5, () => Promise.resolve(7))).toEqual({ state: 'seen', facts: 7 })
  expect(waiting.size).toBe(0)
})

test('what hangs is unseen once its own deadline has passed, and is told that nobody waits', async () => {
  const { watch, pass } = watching()
  let told: AbortSignal | undefined
  const looked = look(watch, 5, (signal) => {
    told = signal
    return never()
  })
  pass(5)
  expect(await looked).toEqual({ state: 'unseen', because: 'no answer within 5 s' })
  expect(told?.aborted).toBe(true)
})

test('what was seen goes on living: its signal is not aborted by the answer', async () => {
  const { watch } = watching()
  let told: AbortSignal | undefined
  await look(watch, 5, (signal) => {
    told = signal
    return Promise.resolve('session')
  })
  expect(told?.aborted).toBe(false)
})

test('an answer that comes too late is let go of', async () => {
  const { watch, pass } = watching()
  const late: string[] = []
  let answer: (text: string) => void = () => undefined
  const asked = new Promise<string>((resolve) => {
    answer = resolve
  })
  const looked = look(
    watch,
    5,
    () => asked,
    (text) => late.push(text),
  )
  pass(5)
  await looked
  answer('session')
  await asked
  await Promise.resolve()
  expect(late).toEqual(['session'])
})

test('an expected failure keeps its code and its remedies, but never sends to the doctor again', async () => {
  const { watch } = watching()
  const failure = new Failure('environment', 'ENGINE_UNREACHABLE', 'nothing listens there', [
    'sudo systemctl start docker',
    'ops doctor',
  ])
  expect(await look(watch, 5, () => Promise.reject(failure))).toEqual({
    state: 'refused',
    code: 'ENGINE_UNREACHABLE',
    message: 'nothing listens there',
    next: ['sudo systemctl start docker'],
  })
})

test('an error nobody expected is unseen, also one thrown before the first wait', async () => {
  const { watch } = watching()
  const thrown = look(watch, 5, () => {
    throw new TypeError('labels of undefined')
  })
  expect(await thrown).toEqual({ state: 'unseen', because: 'TypeError: labels of undefined' })
})

test('one that hangs and one that throws keep no other from being seen', async () => {
  const { watch, pass } = watching()
  const all = Promise.all([
    look(watch, 5, never),
    look(watch, 6, () => Promise.reject(new Error('broken'))),
    look(watch, 7, () => Promise.resolve('fine')),
  ])
  await Promise.resolve()
  pass(5)
  expect((await all).map(({ state }) => state)).toEqual(['unseen', 'unseen', 'seen'])
})

test('an interruption ends the looking with its own reason', async () => {
  const { watch, controller } = watching()
  const looked = look(watch, 5, never)
  controller.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted (Ctrl-C)', []))
  await expect(looked).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

test('what the run has no time left for is not waited for, and nobody is to blame', async () => {
  const { watch, waiting, pass } = watching()
  const asked: string[] = []
  const over = await look({ ...watch, left: () => 0 }, 5, () => Promise.resolve(asked.push('it')))
  expect([over.state, isLate(over), asked]).toEqual(['unseen', false, []])
  const short = look({ ...watch, left: () => 2 }, 5, never)
  expect([...waiting.keys()]).toEqual([2_000])
  pass(2)
  const cut = await short
  expect([cut.state, isLate(cut)]).toEqual(['unseen', false])
  const own = look({ ...watch, left: () => 30 }, 5, never)
  pass(5)
  expect(isLate(await own)).toBe(true)
})
