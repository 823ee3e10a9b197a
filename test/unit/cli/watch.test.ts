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
  const look = () => {
    looks += 1
    if (looks === pictures) all.stopWith(interrupted)
    return Promise.resolve(`picture ${looks.toString()}`)
  }
  return { ...all, clock, look, looks: () => looks }
}

const draw = (seen: string) => Promise.resolve(seen)

const onTerminal = () => {
  const { door, written } = fakeDoor()
  Object.assign(door.stdout, { isTTY: true, columns: 40, rows: 10 })
  return { door, written }
}

describe('watching', () => {
  test('goes on until Ctrl-C, which is no failure', async () => {
    const { door, written, look, clock, looks } = scene(4)
    await watch({ look, draw, every: 1_000, clock }, door)
    expect(looks()).toBe(4)
    expect(clock.elapsed()).toBe(3_000)
    expect(written.stdout).toBe('picture 1\n\npicture 2\n\npicture 3\n\n')
  })

  test('hides the cursor while it draws, and shows it again however it ends', async () => {
    const { door, written } = onTerminal()
    const all = scene(3, { stdout: door.stdout })
    await watch({ look: all.look, draw, every: 1_000, clock: all.clock }, all.door)
    expect(written.stdout.split('\u001b[?25l')).toHaveLength(2)
    expect(written.stdout.endsWith('\u001b[?25h')).toBe(true)
    expect(written.stdout.match(/picture \d/g)).toEqual(['picture 1', 'picture 2'])
  })

  test('ends with what the first look throws, and writes nothing', async () => {
    const { door, written } = fakeDoor()
    const look = () => Promise.reject(new Failure('not-found', 'SERVICE_UNKNOWN', 'no x', []))
    await expect(watch({ look, draw, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
    })
    expect(written.stdout).toBe('')
  })

  /** Looks of which the second one fails, and the fourth is the last. */
  const failing = (all: ReturnType<typeof fakeDoor>) => {
    let looks = 0
    return () => {
      looks += 1
      if (looks === 4) all.stopWith(interrupted)
      return looks === 2
        ? Promise.reject(new Error('no engine at mongodb://root:hunter2@db/: {\n name: "Ada" }'))
        : Promise.resolve(`picture ${looks.toString()}`)
    }
  }

  test('tells what a later look throws, shows a pipe nothing old again, and tries again', async () => {
    const all = fakeDoor()
    await watch({ look: failing(all), draw, every: 1, clock: fakeClock() }, all.door)
    expect(all.written.stdout).toMatch(
      /^picture 1\n\n! nothing could be seen at [\d:]{8}: no engine at [^\n]*\n\npicture 3\n\n$/,
    )
    expect(all.written.stdout).not.toMatch(/hunter2|Ada/)
  })

  test('says of a picture that stays because a look failed that it is old, and since when', async () => {
    const { door, written } = onTerminal()
    Object.assign(door.stdout, { columns: 120 })
    const all = fakeDoor({ stdout: door.stdout })
    const clock = fakeClock()
    const began = clock.now().toTimeString().slice(0, 8)
    await watch({ look: failing(all), draw, every: 60_000, clock }, all.door)
    const [, old = ''] = /(! OLD: [^\n]*)/.exec(written.stdout) ?? []
    expect(old).toContain(`this was seen at ${began};`)
    expect(written.stdout.indexOf(`  ${began}, again every 60 s`)).toBeLessThan(
      written.stdout.indexOf('! OLD'),
    )
    expect(written.stdout.match(/OLD/g)).toHaveLength(1)
  })

  test('tells a pipe again only where what is looked for has changed, and since when', async () => {
    const all = fakeDoor()
    let looks = 0
    const look = () => {
      looks += 1
      if (looks === 6) all.stopWith(interrupted)
      return Promise.resolve(looks < 3 ? 'good' : 'bad')
    }
    const standing = (seen: string) => seen
    await watch({ look, draw, standing, every: 1_000, clock: fakeClock() }, all.door)
    expect(all.written.stdout).toBe(
      '2026-11-21T13:02:04.000Z\ngood\n\n2026-11-21T13:02:06.000Z\nbad\n\n',
    )
  })

  test.each([{ json: true }, { quiet: true }])('is refused with %o', async (changes) => {
    const { door } = fakeDoor(changes)
    const look = () => Promise.resolve('')
    await expect(watch({ look, draw, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
    })
  })

  test('ends as timed out where --timeout ends it', async () => {
    const { door, stopWith } = fakeDoor()
    const look = () => {
      stopWith(new Failure('timed-out', 'TIMED_OUT', 'not done within 1m', []))
      return Promise.resolve('')
    }
    await expect(watch({ look, draw, every: 1, clock: fakeClock() }, door)).rejects.toMatchObject({
      exitCode: 124,
    })
  })
})
