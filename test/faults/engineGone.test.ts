import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { engineBehind, type EngineBehind } from '../support/engineBehind.js'
import { listed, noLeftovers } from '../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place
let engine: EngineBehind

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 40_000, 2_000)
  place = await placeFor(server)
  engine = await engineBehind()
})
afterAll(async () => {
  await engine.close()
  await place.remove()
  await server.remove()
})

const through = () => ({ env: { DOCKER_HOST: engine.endpoint } })

test('an engine that goes away in the middle of a dump: no backup, and the next run works', async () => {
  const running = startOps(place, ['backup', '--engine', 'exec', '--json'], through())
  expect(await until(() => Promise.resolve(engine.passed() > 8_000_000), 20_000)).toBe(true)
  engine.cut()
  const { exitCode, stdout } = await running
  expect([1, 12, 13], stdout).toContain(exitCode)
  expect(await listed(place)).toEqual([])

  engine.mend()
  const next = await ops(place, ['backup', '--engine', 'exec', '--json'], through())
  expect(next.exitCode, next.stdout).toBe(0)
  await noLeftovers(place)
  expect(await listed(place)).toHaveLength(1)
})

test('an engine that is gone before anything began: exit 13, and how to start it', async () => {
  engine.cut()
  const before = await listed(place)
  const { exitCode, stdout } = await ops(place, ['backup', '--json'], through())
  expect(exitCode).toBe(13)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ENGINE_UNREACHABLE' } })
  engine.mend()
  expect(await listed(place)).toEqual(before)
})
