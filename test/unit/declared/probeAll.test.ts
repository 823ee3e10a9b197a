import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'
import { probeAll } from '../../../src/procedures/declared/probeAll.js'
import type { Clock } from '../../../src/ports/clock.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeProbes, until, wellFacts, type FakeAnswers } from '../../fakes/probes.js'
import { checkOf, kinds } from './checks.js'

const calm = new AbortController().signal

/** Time passes for whoever sleeps so long, and for nobody else. */
function clockThatPasses(...milliseconds: readonly number[]): Clock {
  return {
    ...fakeClock(),
    sleep: (asked, signal) =>
      milliseconds.includes(asked)
        ? new Promise((resolve) => setTimeout(resolve, 5))
        : signal
          ? until(signal)
          : new Promise(() => undefined),
  }
}

const probed = async (answers: FakeAnswers, clock = clockThatPasses(), signal = calm) => {
  const checks = kinds.map((kind) => checkOf(kind))
  const evidence = await probeAll(checks, { clock, probes: fakeProbes(answers) }, signal)
  return evidence.checks
}

describe('declared checks', () => {
  test('are asked side by side, and told in their order', async () => {
    const seen = await probed({})
    expect(seen.map(({ kind }) => kind)).toEqual(kinds)
    expect(seen.map(({ probed: { state } }) => state)).toEqual(kinds.map(() => 'seen'))
  })

  test('that hang or throw harm no other', async () => {
    const seen = await probed(
      {
        http: 'hangs',
        tcp: new TypeError('Ada Lovelace'),
        log: new Failure('failed', 'X', 'no', ['y']),
      },
      clockThatPasses(5000),
    )
    const [http, tcp, , log, freshness] = seen.map((one) => one.probed)
    expect(http).toEqual({ state: 'late', seconds: 5 })
    expect(tcp).toEqual({ state: 'unseen', because: 'TypeError' })
    expect(log).toEqual({ state: 'refused', code: 'X', message: 'no', next: ['y'] })
    expect(freshness).toEqual({ state: 'seen', facts: wellFacts.freshness })
  })

  test('are never more than eight at a time', async () => {
    let now = 0
    let most = 0
    const disk = async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 2))
      now -= 1
      return wellFacts.disk
    }
    const checks = Array.from({ length: 50 }, (_, n) =>
      checkOf('disk', { name: `d${n.toString()}` }),
    )
    const world = { clock: clockThatPasses(), probes: fakeProbes({ disk }) }
    const evidence = await probeAll(checks, world, calm)
    expect(evidence.checks.map(({ name }) => name)).toEqual(checks.map(({ name }) => name))
    expect(most).toBe(8)
  })

  test('that are late are ended, and are waited for until they have', async () => {
    let ended = false
    const exec = async (_: unknown, signal: AbortSignal) => {
      await until(signal).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
      ended = true
      throw new Failure('timed-out', 'COMMAND_LEFT_RUNNING', 'it still runs', [])
    }
    const seen = await probed({ exec }, clockThatPasses(5000))
    expect(ended).toBe(true)
    expect(seen.find(({ kind }) => kind === 'exec')?.probed).toEqual({
      state: 'late',
      seconds: 5,
      note: 'it still runs',
    })
  })

  test('that do not end even then are left to themselves, and that is told', async () => {
    const exec = () => new Promise<never>(() => undefined)
    const seen = await probed({ exec }, clockThatPasses(5000, 3000))
    expect(seen.find(({ kind }) => kind === 'exec')?.probed).toMatchObject({
      state: 'late',
      note: expect.stringContaining('could not be ended') as string,
    })
  })

  test('whose pattern is what takes so long say that', async () => {
    const log = async (_: unknown, signal: AbortSignal) => {
      await until(signal).catch(() => undefined)
      throw new Failure('usage', 'PATTERN_TOO_SLOW', 'never ends', [])
    }
    const seen = await probed({ log }, clockThatPasses(5000))
    expect(seen.find(({ kind }) => kind === 'log')?.probed).toMatchObject({
      state: 'refused',
      code: 'PATTERN_TOO_SLOW',
    })
  })

  test('end with the run, after what they began has ended', async () => {
    const over = new AbortController()
    const ended: string[] = []
    const tcp = async (_: unknown, signal: AbortSignal) => {
      await until(signal).catch(() => undefined)
      ended.push('tcp')
      return wellFacts.tcp
    }
    const asked = probed({ tcp, http: 'hangs' }, clockThatPasses(), over.signal)
    over.abort(new Error('the run is over'))
    await expect(asked).rejects.toThrow('the run is over')
    expect(ended).toEqual(['tcp'])
  })

  test('leave evidence that can be kept: plain data, without what was secret', async () => {
    const headers = { Authorization: { from: 'value', value: new Secret('f00d') } } as const
    const http = checkOf('http', { probe: { url: 'https://x/?key=f00d', method: 'GET', headers } })
    const world = { clock: clockThatPasses(), probes: fakeProbes() }
    const evidence = await probeAll([http, checkOf('query'), checkOf('log')], world, calm)
    const text = JSON.stringify(evidence)
    expect(JSON.parse(text)).toEqual(evidence)
    expect(text).not.toMatch(/f00d|Ada/)
  })
})
