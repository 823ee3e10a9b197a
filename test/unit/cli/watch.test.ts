import { describe, expect, test } from 'vitest'
import { watch } from '../../../src/cli/watch.js'
import { Failure } from '../../../src/domain/failure.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeDoor } from './door.js'

const interrupted = new Failure('interrupted', 'INTERRUPTED', 'interrupted (Ctrl-C)', [])

/** Watches pictures that count up, until so many were drawn. */
function scene(pictures: number, changes = {}) {
  const all = fakeDoor(changes)
  const clock = fakeClock()
  let looks = 0
  const frame = () => {
    looks += 1
    if (looks === pictures) all.stopWith(interrupted)
    return Promise.resolve(`picture ${looks.toString()}`)
  }
  return { ...all, clock, frame, looks: () => looks }
}

const onTerminal = () => {
  const { door, written } = fakeDoor()
  Object.assign(door.stdout, { isTTY: true, columns: 40, rows: 10 })
  return { door, written }
}

describe('watching', () => {
  test('goes on until Ctrl-C, which is no failure', async () => {
    const { door, written, frame, clock, looks } = scene(4)
    await watch({ frame, every: 1_000, clock }, door)
    expect(looks()).toBe(4)
    expect(clock.elapsed()).toBe(3_000)
    expect(written.stdout).toBe('picture 1\n\npicture 2\n\npicture 3\n\n')
  })

  test('hides the cursor while it draws, and shows it again however it ends', async () => {
    const { door, written } = onTerminal()
    const all = scene(3, { stdout: door.stdout })
    await watch({ frame: all.frame, every: 1_000, clock: all.clock }, all.door)
    expect(written.stdout.split('\u001b[?25l')).toHaveLength(2)
    expect(written.stdout.endsWith('\u001b[?25h')).toBe(true)
    expect(written.stdout.match(/picture \d/g)).toEqual(['picture 1', 'picture 2'])
  })

  test('ends with what the first look throws, and writes nothing', async () => {
    const { door, written } = fakeDoor()
    const frame = () => Promise.reject(new Failure('not-found', 'SERVICE_UNKNOWN', 'no x', []))
    await expect(watch({ frame, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
    })
    expect(written.stdout).toBe('')
  })

  test('tells below the picture what a later look throws, and tries again', async () => {
    const { door, written, stopWith } = fakeDoor()
    let looks = 0
    const frame = () => {
      looks += 1
      if (looks === 4) stopWith(interrupted)
      return looks === 2
        ? Promise.reject(new Error('no engine'))
        : Promise.resolve(`picture ${looks.toString()}`)
    }
    await watch({ frame, every: 1, clock: fakeClock() }, door)
    expect(written.stdout).toBe('picture 1\n\npicture 1\n! no engine\n\npicture 3\n\n')
  })

  test.each([{ json: true }, { quiet: true }])('is refused with %o', async (changes) => {
    const { door } = fakeDoor(changes)
    const frame = () => Promise.resolve('')
    await expect(watch({ frame, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
    })
  })

  test('ends as timed out where --timeout ends it', async () => {
    const { door, stopWith } = fakeDoor()
    const frame = () => {
      stopWith(new Failure('timed-out', 'TIMED_OUT', 'not done within 1m', []))
      return Promise.resolve('')
    }
    await expect(watch({ frame, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      exitCode: 124,
    })
  })
})
