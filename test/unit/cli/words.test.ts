import { describe, expect, test } from 'vitest'
import { milliseconds } from '../../../src/cli/duration.js'
import { scrub } from '../../../src/domain/scrub.js'
import { since } from '../../../src/cli/since.js'
import { canAsk, canRedraw, wantsColor } from '../../../src/cli/terminal.js'
import { wantedSource } from '../../../src/cli/wanted.js'
import { ward } from '../../fakes/keys.js'

describe('durations on the command line', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
  ])('%s is understood', (text, value) => {
    expect(milliseconds(text)).toBe(value)
  })

  test.each(['', '30', 'm', '-5m', '5 m', '0s', '5y', '1e3s', '400d'])('%j is not', (text) => {
    expect(milliseconds(text)).toBeUndefined()
  })
})

describe('moments on the command line', () => {
  test('are durations or times with an offset', () => {
    expect(since('10m')).toBe('600s')
    expect(since('2h ago')).toBe('7200s')
    expect(since('2026-11-21T14:00:00+01:00')).toBe('2026-11-21T13:00:00.000Z')
  })

  test.each(['yesterday', '2026-11-21T14:00:00', '2026-13-45T99:00:00Z'])(
    '%s is refused',
    (text) => {
      expect(() => since(text)).toThrow(
        expect.objectContaining({ code: 'TIME_INVALID', exitCode: 2 }),
      )
    },
  )
})

test('passwords inside addresses never reach a sentence', () => {
  expect(scrub('cannot reach mongodb://root:pa:ss@db:27017/x and https://u:p@h')).toBe(
    'cannot reach mongodb://root:[secret]@db:27017/x and https://u:[secret]@h',
  )
  expect(scrub('mongodb://db:27017/x')).toBe('mongodb://db:27017/x')
})

test('secret keys of age are taken out of every text, whoever put them there', () => {
  const { secret, recipient } = ward
  expect(scrub(`unknown key "${secret}" for ${recipient}`)).toBe(
    `unknown key "[secret]" for ${recipient}`,
  )
  expect(scrub(secret.toLowerCase())).toBe('[secret]')
})

describe('colour', () => {
  test.each([
    ['a terminal', true, false, {}, true],
    ['a pipe', false, false, {}, false],
    ['--no-color', true, true, { FORCE_COLOR: '1' }, false],
    ['NO_COLOR', true, false, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, false, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', false, false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', true, false, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', true, false, { TERM: 'dumb' }, false],
  ])('with %s', (_, tty, noColor, env, wanted) => {
    expect(wantsColor(tty, noColor, env)).toBe(wanted)
  })

  test('a dumb terminal is not drawn over either', () => {
    expect(canRedraw(true, { TERM: 'dumb' })).toBe(false)
    expect(canRedraw(true, {})).toBe(true)
  })
})

test('nobody is asked without a terminal at both ends, with --no-input, or in CI', () => {
  const tty = { isTTY: true }
  expect(canAsk(tty, tty, false, {})).toBe(true)
  expect(canAsk(tty, {}, false, {})).toBe(false)
  expect(canAsk({}, tty, false, {})).toBe(false)
  expect(canAsk(tty, tty, true, {})).toBe(false)
  expect(canAsk(tty, tty, false, { CI: 'true' })).toBe(false)
})

describe('what a restore is to be made from', () => {
  const stdin = Object.assign(
    (async function* () {
      yield await Promise.resolve(Buffer.alloc(0))
    })(),
    { isTTY: false },
  )

  test('is the newest good backup, an id, a file or standard input', () => {
    expect(wantedSource(undefined, stdin, '/srv')).toEqual({ kind: 'latest' })
    expect(wantedSource('latest', stdin, '/srv')).toEqual({ kind: 'latest' })
    expect(wantedSource('medical-20261121T130204Z', stdin, '/srv')).toEqual({
      kind: 'id',
      id: 'medical-20261121T130204Z',
    })
    expect(wantedSource('dump.gz', stdin, '/srv')).toEqual({ kind: 'file', path: '/srv/dump.gz' })
    expect(wantedSource('-', stdin, '/srv')).toEqual({ kind: 'stream', stream: stdin })
  })

  test.each(['', ' '])('is not the empty word %j, which a script never meant', (word) => {
    expect(() => wantedSource(word, stdin, '/srv')).toThrow(
      expect.objectContaining({ code: 'BACKUP_UNNAMED', exitCode: 2 }),
    )
  })

  test('is not typed in by hand', () => {
    expect(() => wantedSource('-', Object.assign(stdin, { isTTY: true }), '/srv')).toThrow(
      expect.objectContaining({ code: 'STDIN_IS_TERMINAL' }),
    )
  })
})
