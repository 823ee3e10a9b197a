import { execa } from 'execa'
import type { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CorruptionRecovered } from '../../../src/cli/recoverCorruption.js'
import type { ReadinessReport } from '../../../src/cli/readiness.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { clientOf, hashOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const prefix = `opsdamage${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack
/** What every recovery has to come to. */
let good: string

const docker = async (...argv: string[]) => (await execa('docker', argv)).stdout.trim()

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  expect((await ops(stack, ['stack', 'up', '--json'])).exitCode).toBe(0)
  await using(async (client) => {
    const patients = client.db('medical_records').collection('healthcare_data')
    await patients.insertMany(
      Array.from({ length: 20_000 }, (_, at) => ({ at, notes: 'x'.repeat(200) })),
    )
    await patients.createIndexes([{ key: { at: 1 } }])
    await client.db('other').collection('things').insertOne({ kept: true })
    await client
      .db('admin')
      .command({ createUser: 'nurse', pwd: 'n', roles: [{ role: 'read', db: 'other' }] })
  })
  const base = await ops(stack, ['pitr', 'slice', '--base', '--json'])
  expect(base.exitCode, base.stdout).toBe(0)
  await using(async (client) => {
    await client.db('medical_records').collection('healthcare_data').insertOne({ at: -1 })
    good = await hashOf(client)
  })
  const slice = await ops(stack, ['pitr', 'slice', '--json'])
  expect(slice.exitCode, slice.stdout).toBe(0)
})
afterAll(() => made.all())

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

/** A file of the data folder, and the sum of its bytes. */
interface Damaged {
  readonly file: string
  readonly sum: string
}

let file: Damaged | undefined
const dr = ['dr', 'corruption', '--confirm', 'medical', '--json']

/** Runs a script in the data folder, whether the server runs or not. */
async function inDataFolder(script: string): Promise<string> {
  const image = await docker('inspect', '--format', '{{.Image}}', container)
  const run = ['run', '--rm', '--label', 'ops.test=stack', '--volumes-from', container]
  return docker(...run, '--entrypoint', 'bash', '--workdir', '/data/db', image, '-c', script)
}

const sumOf = async (name: string) =>
  (await inDataFolder(`md5sum "${name}" || true`)).split(/\s+/)[0]

/** Overwrites the middle of the largest collection's file, with the server stopped, and starts it. */
async function damage(): Promise<Damaged> {
  await docker('stop', container)
  const name = await inDataFolder(`ls -S collection-*.wt | head -1`)
  await inDataFolder(
    `dd if=/dev/urandom of=${name} bs=4096 seek=2 count=$(($(stat -c %s ${name}) / 4096 - 4)) conv=notrunc`,
  )
  const sum = await sumOf(name)
  await docker('start', container)
  return { file: name, sum: sum ?? '' }
}

test('ops dr ready tells which recoveries would work tonight, and what is in the way of the others', async () => {
  const rehearsed = await ops(stack, ['dr', 'ready', '--json'])
  expect(rehearsed.exitCode, rehearsed.stdout).toBe(5)
  const { result } = JSON.parse(rehearsed.stdout) as { readonly result: ReadinessReport }
  const scenarios = result.targets[0]?.scenarios ?? []
  expect(scenarios.map(({ name, ready }) => [name, ready])).toEqual([
    ['corruption', true],
    ['container', true],
    ['deletion', true],
    ['system', false],
  ])
  expect(scenarios[3]?.blocker?.says).toContain('no copy is kept elsewhere')
  const listed = await ops(stack, ['dr'])
  expect(listed.exitCode).toBe(0)
  expect(listed.stdout).toContain('ops dr corruption\tmedical\tthe data is damaged')
})

describe('ops dr corruption', () => {
  test('finds nothing in a sound database, and touches nothing', async () => {
    const before = await docker('inspect', '--format', '{{.State.StartedAt}}', container)
    const answer = await ops(stack, dr)
    expect(answer.exitCode, answer.stdout).toBe(0)
    const { result } = answerOf<CorruptionRecovered>(answer)
    expect(result).toMatchObject({ verdict: 'sound', damages: [], back: null, receipt: null })
    expect(await docker('inspect', '--format', '{{.State.StartedAt}}', container)).toBe(before)
    expect(await using(hashOf)).toBe(good)
  })

  test('killed while it brings a damaged database back, it says so and goes on: users and other databases are back, the damaged files are kept', async () => {
    const damaged = await damage()
    const killed = await ops(stack, dr, { env: { OPS_FAILPOINT: 'step started#6:kill9' } })
    expect(killed.stdout).toBe('')
    const next = await ops(stack, ['dr', 'corruption', '--dry-run'])
    expect(next.stdout).toContain('was killed after "Start')
    expect((await ops(stack, ['doctor'])).stdout).toContain('dr corruption')

    const result = await recovered()
    expect(result).toMatchObject({ verdict: 'cut off before', back: { way: 'moment' } })
    expect(result.back?.collections['medical_records.healthcare_data']?.documents).toBe(20_001)
    const things = (client: MongoClient) => client.db('other').collection('things').countDocuments()
    expect(await using(things)).toBe(1)
    const nurse = (client: MongoClient) => client.db('admin').command({ usersInfo: 'nurse' })
    expect((await using(nurse))['users']).toMatchObject([{ user: 'nurse' }])
    expect(await sumOf(`${result.back?.kept.folder ?? ''}/old/${damaged.file}`)).toBe(damaged.sum)
    const { result: sound } = answerOf<CorruptionRecovered>(await ops(stack, dr))
    expect(sound.verdict).toBe('sound')
    file = damaged
  })

  test('is taken back: the damaged files are in place again; and so they are after a kill half-way', async () => {
    const undone = await ops(stack, ['undo', '--confirm', 'medical', '--json'])
    expect(undone.exitCode, undone.stdout + undone.stderr).toBe(0)
    expect(await sumOf(file?.file ?? '')).toBe(file?.sum)

    await ops(stack, dr, { env: { OPS_FAILPOINT: 'step done#4:kill9' } })
    expect(await sumOf(file?.file ?? '')).not.toBe(file?.sum)
    const again = await ops(stack, ['undo', '--confirm', 'medical', '--json'])
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
    expect(await sumOf(file?.file ?? '')).toBe(file?.sum)

    const result = await recovered()
    expect(result.damages[0]?.evidence).toContain('WiredTiger')
  })

  test('comes back with the last writes of a server that still runs, or from a copy of the data files', async () => {
    const copy = answerOf<{ readonly id: string }>(
      await ops(stack, ['backup', '--physical', '--json']),
    )
    const later = await using(async (client) => {
      await client.db('medical_records').collection('healthcare_data').insertOne({ at: -2 })
      return hashOf(client)
    })
    const newest = await recovered(later, '--assume-damaged')
    expect(newest).toMatchObject({ verdict: 'assumed', back: { way: 'moment' } })
    const files = await recovered(good, '--assume-damaged', '--backup', copy.result.id)
    expect(files.back).toMatchObject({ way: 'data files', id: copy.result.id })
  })
})

/** Brings it back, and holds it against what was there. */
async function recovered(hash = good, ...more: string[]): Promise<CorruptionRecovered> {
  const answer = await ops(stack, [...dr, ...more])
  expect(answer.exitCode, answer.stdout + answer.stderr).toBe(0)
  const { result } = answerOf<CorruptionRecovered>(answer)
  expect(result.seconds).toBeLessThan(result.objectiveSeconds)
  expect(await using(hashOf)).toBe(hash)
  return result
}
