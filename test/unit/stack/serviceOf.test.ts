import { expect, test } from 'vitest'
import type { Place } from '../../../src/domain/target.js'
import { Secret } from '../../../src/domain/secret.js'
import { serviceOf } from '../../../src/procedures/stack/serviceOf.js'

const project = {
  name: 'healthcare',
  services: { mongodb: { containerName: 'healthcare_db' }, api: {}, cache: {} },
}
const containers = [{ name: 'renamed', service: 'api' }, { name: 'alone' }]
const container = (name: string): Place => ({ kind: 'container', container: name })

test.each<[string, Place, string | undefined]>([
  ['a service of the project', { kind: 'service', service: 'mongodb' }, 'mongodb'],
  ['a service that it does not have', { kind: 'service', service: 'gone' }, undefined],
  ['a container that a service gives its name to', container('healthcare_db'), 'mongodb'],
  ['one that compose names', container('healthcare-api-1'), 'api'],
  ['one that its first version names', container('healthcare_api_1'), 'api'],
  ['one that compose labelled, whatever its name', container('renamed'), 'api'],
  ['one under the name of the service', container('cache'), 'cache'],
  ['one of no service', container('alone'), undefined],
  [
    'a server elsewhere',
    { kind: 'server', uri: { from: 'value', value: new Secret('mongodb://x') } },
    undefined,
  ],
])('the service of a target is known: %s', (_, place, service) => {
  expect(serviceOf({ place }, project, containers)).toBe(service)
})
