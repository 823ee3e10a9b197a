import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ContainerRecovery } from '../../src/procedures/dr/container.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { failsBothWays } from '../support/failing.js'
import { passedBy, type Passed } from '../support/faultPoints.js'
import {
  bordersIn,
  doctorIsCalm,
  doctorTells,
  killedAtEachBorder,
} from '../support/killedRecoveries.js'
import { clientOf, hashOf, loadPatients } from '../support/mongoServer.js'
import {
  deskService,
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../support/referenceStack.js'

const prefix = `opskillc${process.pid.toString()}`
const argv = ['dr', 'container', '--json']
const made = cleanUp()
let stack: ReferenceStack
let hash: string
let borders: readonly Passed[]

const docker = (...argv: string[]) => execa('docker', argv)

/** The server is killed, and what stands beside it is gone. */
async function disaster(): Promise<ReferenceStack> {
  await docker('kill', `${prefix}_mongodb`)
  await docker('rm', '--force', `${prefix}-desk-1`)
  return stack
}

async function isAsBefore(): Promise<void> {
  const client = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  try {
    expect(await hashOf(client)).toBe(hash)
  } finally {
    await client.close()
  }
}

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  const override = await readFile(join(stack.folder, 'docker-compose.override.yml'), 'utf8')
  await stack.write('docker-compose.override.yml', override.replace('services:\n', deskService))
  answerOf(await ops(stack, ['stack', 'up', '--json']))
  const client = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  await loadPatients(client, 500)
  hash = await hashOf(client)
  await client.close()
  await disaster()
  borders = bordersIn(await passedBy(stack, argv))
}, 120_000)
afterAll(() => made.all())

test('killed between any two steps: the doctor names it, the same command goes on, and every service is well', async () => {
  await killedAtEachBorder(
    {
      argv,
      borders,
      short: [['step done', /^Start mongodb/]],
    },
    disaster,
    async () => {
      await doctorTells(stack, /bring back mongodb, desk.* was cut off/, /^ops dr container$/m)
      const { result, warnings } = answerOf<ContainerRecovery>(await ops(stack, argv))
      expect(warnings.join()).toContain('was cut off')
      expect(result.servers).toMatchObject([{ target: 'medical', write: 'durable' }])
      const desk = await docker('inspect', '--format', '{{.State.Status}}', `${prefix}-desk-1`)
      expect(desk.stdout).toBe('running')
      await isAsBefore()
      await doctorIsCalm(stack)
    },
  )
}, 3_600_000)

test('there is nothing to take back of it, and it says so', async () => {
  await disaster()
  const { result } = answerOf<ContainerRecovery>(await ops(stack, argv))
  const { error } = await failsBothWays(stack, ['undo', result.receipt ?? ''], {
    exitCode: 6,
    code: 'UNDO_IMPOSSIBLE',
  })
  expect(error.message).toContain('it changed no data')
})
