import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import type { Target } from '../../../src/domain/target.js'
import { cleanUp } from '../../support/cleanUp.js'
import { mongoImage } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
afterAll(() => made.all())

/** A server that is told to be of a set, and that nobody has initiated. */
async function uninitiated(): Promise<Target> {
  const name = `ops-test-${randomBytes(4).toString('hex')}`
  const argv = ['--detach', '--name', name, '--label', 'ops.test=server', '--hostname', 'mongodb']
  await execa('docker', ['run', ...argv, mongoImage(), 'mongod', '--replSet=rs0', '--bind_ip_all'])
  made.made(name, (one) => execa('docker', ['rm', '--force', '--volumes', one]))
  return {
    name: 'medical',
    place: { kind: 'container', container: name },
    databases: [],
    writers: [],
    expectations: {},
    engine: 'auto',
    pointInTime: false,
  }
}

test.each([
  ['under the name that is given', 'mongodb:27017'],
  ['under the name that it finds itself', undefined],
])('a server without its set becomes the primary of it, %s', async (_which, host) => {
  const { mongo } = realWorld('/nowhere')
  const target = await uninitiated()
  const answers = () =>
    mongo.connect(target).then(
      (session) => session.close().then(() => true),
      () => false,
    )
  expect(await until(answers, 30_000)).toBe(true)
  const session = made.made(await mongo.connect(target), (one) => one.close())
  expect((await session.server()).replicaSet).toBeUndefined()
  await session.initiate('rs0', host)
  const primary = async () => (await session.server()).primary
  expect(await until(primary, 30_000)).toBe(true)
  expect((await session.server()).replicaSet).toBe('rs0')
  // Whoever else initiates it at the same time is no failure.
  await session.initiate('rs0', host)
  await session.putView('medical_records', 'none')
  expect(await session.validate('local', 'startup_log', { beside: true })).toEqual([])
})
