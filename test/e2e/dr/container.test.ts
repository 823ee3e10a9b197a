import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ContainerRecovery } from '../../../src/procedures/dr/container.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, type Ended } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { clientOf, hashOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'

const prefix = `opsback${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack
let hash: string

const docker = (...argv: string[]) => execa('docker', argv)

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  expect((await ops(stack, ['stack', 'up', '--json'])).exitCode).toBe(0)
  await using(async (client) => {
    await client.db('medical_records').collection('healthcare_data').insertOne({ name: 'Bobby' })
    hash = await hashOf(client)
  })
})
afterAll(() => made.all())
beforeEach(async () => {
  expect(await state()).toBe('running')
})

const state = async () =>
  (await docker('inspect', '--format', '{{.State.Status}}', container)).stdout.trim()

async function using<Answer>(
  use: (client: Awaited<ReturnType<typeof clientOf>>) => Promise<Answer>,
): Promise<Answer> {
  const client = await clientOf(container, referenceSignIn)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const refusal = ({ stdout }: Ended) =>
  JSON.parse(stdout) as { readonly error: { readonly code: string; readonly message: string } }

/** What was found wrong, once everything is as it was. */
async function recovered(): Promise<ContainerRecovery> {
  const { result } = answerOf<ContainerRecovery>(await ops(stack, ['dr', 'container', '--json']))
  expect(result.servers).toMatchObject([{ target: 'medical', write: 'durable' }])
  expect(result.seconds).toBeLessThan(result.objectiveSeconds)
  expect(await using(hashOf)).toBe(hash)
  return result
}

describe('ops dr container', () => {
  test('finds nothing where nothing is wrong, and proves that the server takes writes', async () => {
    expect((await recovered()).troubles).toEqual([])
  })

  test('starts a server that was killed', async () => {
    await docker('kill', container)
    const { troubles } = await recovered()
    expect(troubles).toMatchObject([{ service: 'mongodb', kind: 'ended', cure: 'start' }])
  })

  test('lets a paused server go on, though its health check has failed meanwhile', async () => {
    await docker('pause', container)
    const { troubles } = await recovered()
    expect(troubles).toMatchObject([{ kind: 'paused', cure: 'unpause' }])
  })

  test('makes a container again that was removed, on the volume that it had', async () => {
    await docker('rm', '--force', container)
    const { troubles } = await recovered()
    expect(troubles).toMatchObject([{ kind: 'missing', cure: 'create', container: null }])
  })

  test('shows in a dry run what it found, and touches nothing', async () => {
    await docker('stop', container)
    const shown = await ops(stack, ['dr', 'container', '--dry-run'])
    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).toContain('Start mongodb')
    expect(await state()).toBe('exited')
    await recovered()
  })

  test('ends the loop of a server that was given a wrong option, names it, and brings it back once that is mended', async () => {
    const override = join(stack.folder, 'docker-compose.override.yml')
    const before = await readFile(override, 'utf8')
    const wrong = before.replace(
      'mongodb: {',
      'mongodb: {restart: always, command: [mongod, --nonsense], ',
    )
    await stack.write('docker-compose.override.yml', wrong)
    await ops(stack, ['stack', 'up', '--wait', '1s'])
    const looping = async () =>
      Number((await docker('inspect', '--format', '{{.RestartCount}}', container)).stdout) >= 3
    expect(await until(looping, 30_000)).toBe(true)

    const failed = await ops(stack, ['dr', 'container', '--json'])
    expect(failed.exitCode).toBe(1)
    const { error } = refusal(failed)
    expect(error.code).toBe('CONTAINER_NOT_CURED')
    expect(error.message).toContain('it was given an option that it does not know')
    expect(await state()).toBe('exited')

    await stack.write('docker-compose.override.yml', before)
    expect((await ops(stack, ['stack', 'up', '--json'])).exitCode).toBe(0)
    expect((await recovered()).troubles).toEqual([])
  })

  test('says so of a server that comes up beside its data', async () => {
    await using((client) => client.db('medical_records').dropDatabase())
    const answer = await ops(stack, ['dr', 'container', '--json'])
    expect(answer.exitCode).toBe(12)
    expect(refusal(answer).error.code).toBe('DATABASE_GONE')
  })
})
