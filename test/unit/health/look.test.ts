import { describe, expect, test } from 'vitest'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import type { FindingSource } from '../../../src/checks/health/source.js'
import { Failure } from '../../../src/domain/failure.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import {
  lookAtHealth,
  type HealthRequest,
  type HealthWorld,
} from '../../../src/procedures/health/lookAtHealth.js'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { FakeHealthHistory, fakeMachineVitals } from '../../fakes/vitals.js'
import { fakeWorld, medical } from '../../fakes/world.js'

function scene(changes: Partial<HealthRequest> = {}) {
  const fake = fakeWorld()
  const history = new FakeHealthHistory()
  const vitals = fakeMachineVitals()
  const opened: MongoSession[] = []
  let closed = 0
  const mongo = {
    async connect() {
      const session = await fake.server.connect()
      opened.push(session)
      return {
        ...session,
        close: () => {
          closed += 1
          return Promise.resolve()
        },
      }
    },
  }
  const request: HealthRequest = {
    stack: 'hospital',
    targets: [medical],
    promised: { rtoSeconds: 3600, rpoSeconds: 300, backupAgeSeconds: 93_600 },
    shelf: '/backups',
    everySeconds: 60,
    timeZone: 'UTC',
    retention: { timeZone: 'UTC', trashSeconds: 0, neededBy: () => () => [] },
    sources: [],
    wanted: [],
    seconds: 45,
    signal: new AbortController().signal,
    ...changes,
  }
  const world: { -readonly [Port in keyof HealthWorld]: HealthWorld[Port] } = {
    ...fake.world,
    mongo,
    history,
    vitals,
  }
  return { ...fake, history, vitals, opened, world, request, closed: () => closed }
}

async function found(made: ReturnType<typeof scene>) {
  const evidence = await lookAtHealth(made.request, made.world)
  const { checks } = judgeHealth(evidence, made.request.wanted)
  return Object.fromEntries(checks.map((check) => [check.id, check]))
}

/** Never answers, and tells when nobody waits any more. */
function hanging(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })
}

describe('looking at health', () => {
  test('that is broken off waits until what its sources began has ended', async () => {
    const over = new AbortController()
    let isEnded = false
    const slow: FindingSource = {
      name: 'slow',
      seconds: 600,
      find: hanging,
      async ended() {
        await new Promise((resolve) => setTimeout(resolve, 20))
        isEnded = true
      },
    }
    const { request, world } = scene({ sources: [slow], wanted: ['slow'], signal: over.signal })
    const looking = lookAtHealth(request, world)
    over.abort(new Error('the run is over'))
    await expect(looking).rejects.toThrow('the run is over')
    expect(isEnded).toBe(true)
  })

  test('tells its sources how long they have, so that what they saw is told by then', async () => {
    let told = Infinity
    const source: FindingSource = {
      name: 'slow',
      seconds: 600,
      find(_, left = () => Infinity) {
        told = left()
        return Promise.resolve([])
      },
    }
    const { request, world } = scene({ sources: [source], wanted: ['slow'], seconds: 10 })
    await lookAtHealth(request, world)
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(10)
  })

  test('connects to each server once, and closes that', async () => {
    const made = scene()
    const checks = await found(made)
    expect(checks['mongo:medical:ping']?.severity).toBe('ok')
    expect(made.opened).toHaveLength(1)
    expect(made.closed()).toBe(1)
  })

  test('writes one note, and none to a secondary', async () => {
    const made = scene()
    await found(made)
    expect(made.server.log.filter((line) => line.startsWith('note'))).toHaveLength(1)
    const secondary = scene()
    secondary.server.facts = { ...secondary.server.facts, primary: false }
    const checks = await found(secondary)
    expect(secondary.server.log).toEqual([])
    expect(checks['mongo:medical:write']?.severity).toBe('unknown')
    expect(checks['mongo:medical:primary']?.severity).toBe('fail')
  })

  test('writes down what each check was by itself, and only of whole runs', async () => {
    const made = scene()
    await found(made)
    expect(made.history.stretches).toHaveLength(1)
    expect(made.history.stretches[0]?.checks['mongo:medical:ping']).toBe('ok')
    const part = scene({ wanted: ['mongo'] })
    const checks = await found(part)
    expect(part.history.stretches).toEqual([])
    expect(Object.keys(checks).every((id) => id.startsWith('mongo:'))).toBe(true)
  })

  test('works where nothing can be written down, and warns', async () => {
    const made = scene()
    made.history.broken = new Failure('environment', 'STATE_UNWRITABLE', 'no', [])
    expect((await found(made))['history']).toMatchObject({ severity: 'warn' })
  })

  test('goes on past what throws and what hangs, and ends what hangs', async () => {
    let ended = false
    const sources: FindingSource[] = [
      {
        name: 'hung',
        seconds: 0.01,
        find: (signal) =>
          hanging(signal).finally(() => {
            ended = true
          }),
      },
      { name: 'thrown', seconds: 1, find: () => Promise.reject(new TypeError('a bug')) },
    ]
    const made = scene({ sources })
    made.world.clock = machineClock
    made.world.vitals.engine = () => Promise.reject(new Error('gone'))
    const checks = await found(made)
    expect(checks['hung']).toMatchObject({ severity: 'unknown' })
    expect(checks['thrown']).toMatchObject({ severity: 'unknown' })
    expect(checks['engine']).toMatchObject({ severity: 'unknown' })
    expect(checks['mongo:medical:ping']?.severity).toBe('ok')
    expect(ended).toBe(true)
  })

  test('gives a server up after some seconds, for everything that hangs on it', async () => {
    let waits = 0
    const made = scene()
    made.world.mongo = {
      connect: (...given: readonly unknown[]) => {
        waits += 1
        return hanging(given[1] as AbortSignal)
      },
    }
    made.world.clock = { ...machineClock, sleep: (_, signal) => machineClock.sleep(1, signal) }
    const checks = await found(made)
    expect(waits).toBe(1)
    expect(checks['mongo:medical:ping']).toMatchObject({ severity: 'fail' })
    expect(checks['mongo:medical:cache']).toMatchObject({ severity: 'unknown' })
  })

  test('answers within the time of the run: what has not by then is unknown, and no failure', async () => {
    const slow: FindingSource = { name: 'slow', seconds: 600, find: hanging }
    const made = scene({ seconds: 2, sources: [slow] })
    made.world.clock = machineClock
    made.world.mongo = {
      connect: (...given: readonly unknown[]) => hanging(given[1] as AbortSignal),
    }
    made.world.vitals.engine = hanging
    const began = performance.now()
    const checks = await found(made)
    expect(performance.now() - began).toBeLessThan(4_500)
    for (const id of ['slow', 'engine', 'mongo:medical:ping', 'mongo:medical:write'])
      expect(checks[id], id).toMatchObject({ severity: 'unknown' })
    expect(checks['container:mongodb']?.severity).toBe('ok')
    expect(made.history.stretches).toHaveLength(1)
  })

  test('does not wait beyond its time for what a source has begun', async () => {
    const stuck: FindingSource = {
      name: 'stuck',
      seconds: 0.05,
      find: hanging,
      ended: () => new Promise<void>(() => undefined),
    }
    const made = scene({ seconds: 0.1, sources: [stuck] })
    made.world.clock = machineClock
    expect((await found(made))['stuck']).toMatchObject({ severity: 'unknown' })
  })

  test('keeps what was asked for in the evidence of a part', async () => {
    const { request, world } = scene({ wanted: ['mongo'] })
    expect((await lookAtHealth(request, world)).wanted).toEqual(['mongo'])
    expect(await lookAtHealth({ ...request, wanted: [] }, world)).not.toHaveProperty('wanted')
  })

  test('ends with the reason of the signal', async () => {
    const stop = new AbortController()
    const made = scene({ signal: stop.signal })
    made.world.mongo = {
      connect: (...given: readonly unknown[]) => hanging(given[1] as AbortSignal),
    }
    const looking = lookAtHealth(made.request, made.world)
    stop.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
    await expect(looking).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

test('nothing of a container that may be secret is in the evidence', async () => {
  const made = scene()
  const [first] = made.stack.containers
  if (!first) throw new Error('a container')
  made.stack.containers[0] = {
    ...first,
    environment: { MONGO_INITDB_ROOT_PASSWORD: 'hunter2' },
    command: ['mongod', '--keyFile', 'hunter2'],
  }
  const evidence = await lookAtHealth(made.request, made.world)
  expect(JSON.stringify(evidence)).not.toContain('hunter2')
  expect(JSON.stringify(evidence)).toContain(first.name)
})
