import { describe, expect, test } from 'vitest'
import { untilFreshPrimary } from '../../../src/procedures/dr/corruption/freshServer.js'
import { container } from '../../fakes/stack.js'
import { fakeWorld, medical } from '../../fakes/world.js'

const context = { signal: new AbortController().signal, detail: () => undefined }
const command = ['mongod', '--replSet=rs0']

function scene() {
  const it = fakeWorld()
  const facts = container('mongodb', { command })
  it.stack.containers[0] = facts
  const fresh = { target: medical, container: facts, member: 'mongodb:27017' }
  return { ...it, up: () => untilFreshPrimary(fresh, { ...it.world, clock: it.clock }, context) }
}

describe('a server that begins anew', () => {
  test('is taken as it is where its stack makes it primary', async () => {
    const { up, server } = scene()
    await up()
    expect(server.log).toEqual([])
  })

  test('is made the only member of its set where nobody of its stack does so', async () => {
    const { up, server, clock } = scene()
    server.facts = { version: '6.0.5', host: 'mongodb', primary: false }
    await up()
    expect(server.log).toEqual(['initiate rs0 mongodb:27017'])
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
  })

  test.each([
    ['its container does not stay up', 'exited' as const],
    ['it never becomes primary', 'running' as const],
  ])('is given up where %s', async (_why, state) => {
    const { up, server, stack } = scene()
    server.facts = { ...server.facts, primary: false }
    stack.containers[0] = container('mongodb', { command, state })
    await expect(up()).rejects.toMatchObject({ code: 'FRESH_SERVER_NOT_READY', exitCode: 1 })
  })
})
