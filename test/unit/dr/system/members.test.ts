import { expect, test } from 'vitest'
import { bareHost, hospital } from './scene.js'

test('leaves a set of several members to whoever knows where the others are', async () => {
  const { place } = await hospital()
  const host = bareHost(place)
  const { found } = await host.request()
  const replicaSet = { name: 'rs0', members: ['a:27017', 'b:27017'] }
  host.changes.found = { ...found, kit: { ...found.kit, kit: { ...found.kit.kit, replicaSet } } }
  const { warnings } = await host.recover()
  expect(warnings.join()).toContain('its other members are not made here')
  expect(host.server.log.join()).not.toContain('initiate')
})

test('tells that the server of a set came up as a standalone', async () => {
  const { place } = await hospital()
  const host = bareHost(place)
  const { found } = await host.request()
  const replicaSet = { name: 'rs0', members: ['mongodb:27017'] }
  host.changes.found = { ...found, kit: { ...found.kit, kit: { ...found.kit.kit, replicaSet } } }
  const { version, host: name } = host.server.facts
  host.server.facts = { version, host: name, primary: true }
  const { result } = await host.recover()
  expect(result.missing).toContainEqual(
    expect.objectContaining({
      what: 'server',
      name: 'medical',
      because: expect.stringContaining('member of the replica set rs0') as unknown,
    }),
  )
})
