import { expect, test } from 'vitest'
import { writeGuards } from '../../../src/adapters/dataFiles/writeGuards.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { containerPower } from '../../../src/adapters/docker/power.js'
import { Secret } from '../../../src/domain/secret.js'
import { FakeOwnContainers } from '../../fakes/ownContainers.js'
import { FakeStack } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'

const never = new AbortController().signal

test('a container that is not there can be neither stopped nor started', async () => {
  const client = dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  const power = containerPower(() => client)
  for (const what of ['stop', 'start'] as const)
    await expect(power[what]('ops-test-nowhere', never)).rejects.toMatchObject({
      code: 'CONTAINER_FAILED',
      exitCode: 13,
    })
})

test('a server outside Docker has no guard', async () => {
  const ownContainers = new FakeOwnContainers()
  const uri = new Secret('mongodb://elsewhere:27017/')
  const guards = writeGuards({
    containers: new FakeStack([]).finder(),
    secrets: { resolve: () => Promise.resolve(uri), resolveText: () => Promise.resolve(uri) },
    ownContainers,
  })
  const outside = {
    ...medical,
    place: { kind: 'server', uri: { from: 'value', value: uri } },
  } as const
  await expect(guards.watch(outside, never)).rejects.toMatchObject({
    code: 'GUARD_FAILED',
    exitCode: 13,
  })
  expect(ownContainers.started).toEqual([])
})
