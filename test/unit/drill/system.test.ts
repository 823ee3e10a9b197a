import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { systemScenario } from '../../../src/procedures/drill/system.js'
import { FakeLaboratory } from '../../fakes/laboratory.js'
import { bareHost, hospital } from '../dr/system/scene.js'
import { context, wardOf } from './ward.js'

/** A clone that has vanished, and a bare host that finds the hospital's backup at a place. */
async function scene() {
  const { place, good } = await hospital(1, false, { seesUsers: false })
  const host = bareHost(place)
  const laboratory = new FakeLaboratory()
  const said: string[] = []
  let discarded = 0
  const hosts = {
    open: async () => ({
      world: host.world,
      request: await host.request(),
      supplied: ['.env'],
      discard: () => {
        discarded++
        return Promise.resolve()
      },
    }),
  }
  const ward = wardOf(await laboratory.open({ name: 'x', services: {} }), { hosts })
  const recover = () =>
    systemScenario.recover(ward, {
      ...context,
      detail: (text) => said.push(text),
      warn: (text) => said.push(text),
    })
  return { ...host, good, place, ward, laboratory, recover, said, left: () => discarded }
}

test('everything of the clone is removed by the disaster', async () => {
  const { laboratory, ward } = await scene()
  await systemScenario.strikes[0]?.inject(ward, context)
  expect(laboratory.log).toEqual(['vanish'])
})

test('everything comes back from the place, and what does not is told', async () => {
  const { recover, server, good, said, left } = await scene()
  await recover()
  expect(server.state()['medical_records']).toEqual(good)
  expect(said).toContain('.env is brought: no kit holds it')
  expect(said.join()).toContain('not back: user')
  expect(left()).toBe(1)
})

test('a copy that is damaged fails the recovery, and nothing is left of its planning', async () => {
  const { recover, place, left } = await scene()
  for (const bytes of place.files.values()) bytes.fill(0, bytes.length >> 1)
  await expect(recover()).rejects.toMatchObject({ kind: 'integrity', code: 'NO_SOUND_BACKUP' })
  expect(left()).toBe(1)
})

test('SYSTEM_INCOMPLETE: a system without one of its services did not come back', async () => {
  const { recover, world, left } = await scene()
  const refused = new Failure('failed', 'COMPOSE_FAILED', 'it is unhealthy', ['ops stack logs'])
  const make = world.compose.make.bind(world.compose)
  world.compose.make = (stack, service, ...rest) =>
    service === 'api' ? Promise.reject(refused) : make(stack, service, ...rest)
  await expect(recover()).rejects.toMatchObject({
    code: 'SYSTEM_INCOMPLETE',
    message: expect.stringContaining('service api') as unknown,
  })
  expect(left()).toBe(1)
})
