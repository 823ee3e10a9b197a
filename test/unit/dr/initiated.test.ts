import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { initiated, type Initiating } from '../../../src/procedures/dr/initiated.js'
import { medical } from '../../fakes/world.js'
import { stackScene } from '../stack/scene.js'

const { signal } = new AbortController()

/** A server that is in no set; `failing` is what it answers for the first so many milliseconds. */
function scene(changes: Partial<Initiating> = {}, failing?: { code: string; until: number }) {
  const { world, server, clock } = stackScene()
  server.facts = { version: '6.0.5', host: 'mongodb', primary: false }
  const connect = server.connect.bind(server)
  server.connect = () =>
    failing && clock.elapsed() < failing.until
      ? Promise.reject(new Failure('environment', failing.code, failing.code, []))
      : connect()
  const said: string[] = []
  const request = { target: medical, name: 'rs0', member: 'mongodb:27017', patience: 60_000 }
  const context = { signal, detail: (text: string) => said.push(text) }
  const run = () => initiated({ ...request, ...changes }, world, context)
  return { run, server, clock, said }
}

describe('the replica set of a server that was made anew', () => {
  test('is initiated as it was, where nobody else does it', async () => {
    const { run, server, clock, said } = scene()
    await run()
    expect(server.log).toContain('initiate rs0 mongodb:27017')
    expect(said.join()).toContain('was initiated, with mongodb:27017')
    expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000)
  })

  test('is left alone where the stack does it', async () => {
    const { run, server } = scene()
    server.facts = { ...server.facts, replicaSet: 'rs0', primary: true }
    await run()
    expect(server.log).toEqual([])
  })

  test('gets its head start from the first answer on, however long that takes', async () => {
    const { run, server, clock } = scene({}, { code: 'MONGO_UNREACHABLE', until: 30_000 })
    await run()
    expect(server.log).toContain('initiate rs0 mongodb:27017')
    expect(clock.elapsed()).toBeGreaterThanOrEqual(40_000)
  })

  test.each([
    ['who does not answer', 'MONGO_UNREACHABLE', {}, 60_000],
    ['who refuses the sign-in', 'MONGO_AUTHENTICATION', {}, 10_000],
    ['who may refuse it for longer', 'MONGO_AUTHENTICATION', { refusals: 30_000 }, 30_000],
  ])('is given up on with a server %s', async (_, code, changes, milliseconds) => {
    const { run, clock } = scene(changes, { code, until: Infinity })
    await expect(run()).rejects.toMatchObject({ code })
    expect(clock.elapsed()).toBeGreaterThanOrEqual(milliseconds)
    expect(clock.elapsed()).toBeLessThan(milliseconds + 1_000)
  })

  test('is initiated where the server goes once more before it is asked to', async () => {
    const { run, server } = scene({ headStart: 0, refusals: 0 })
    const connect = server.connect.bind(server)
    let refused = false
    server.connect = async () => {
      const session = await connect()
      const initiate: typeof session.initiate = (...asked) => {
        if (refused) return session.initiate(...asked)
        refused = true
        return Promise.reject(new Failure('environment', 'MONGO_NOT_READY', 'starting', []))
      }
      return { ...session, initiate }
    }
    await run()
    expect(server.log).toContain('initiate rs0 mongodb:27017')
  })

  test('is given up on at once where its user may not initiate it', async () => {
    const { run, server, clock } = scene({ headStart: 0, refusals: 0 })
    const connect = server.connect.bind(server)
    const refusal = new Failure('environment', 'MONGO_UNAUTHORIZED', 'not you', [])
    server.connect = async () => ({
      ...(await connect()),
      initiate: () => Promise.reject(refusal),
    })
    await expect(run()).rejects.toBe(refusal)
    expect(clock.elapsed()).toBe(0)
  })

  test('is not waited for where there is nothing to wait for', async () => {
    const gone = new Failure('failed', 'CONTAINER_STOPPED', 'gone', [])
    const { run, clock } = scene({ look: () => Promise.reject(gone) })
    await expect(run()).rejects.toBe(gone)
    expect(clock.elapsed()).toBe(0)
  })
})
