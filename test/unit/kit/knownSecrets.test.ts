import { expect, test } from 'vitest'
import { knownSecrets } from '../../../src/procedures/kit/knownSecrets.js'
import { healthcare, service } from '../../fakes/project.js'
import { fakeWorld } from '../../fakes/world.js'

test('a password that compose put into an address as it is, is known whole', async () => {
  const address = (password: string) => `mongodb://app:${password}@mongodb:27017/?authSource=admin`
  const known = async (password: string) => {
    const environment = { ADDRESS: address(password) }
    const project = { ...healthcare, services: { ui: service('ui', { environment }) } }
    const found = await knownSecrets([], project, fakeWorld().world)
    return found.map(({ value }) => value)
  }
  expect(await known('k@n:a/r?y')).toContain('k@n:a/r?y')
  expect(await known('w%40rd')).toEqual(expect.arrayContaining(['w%40rd', 'w@rd']))
  expect(await known('plain')).toEqual(['plain'])
})
