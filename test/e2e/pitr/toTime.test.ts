import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Document, Timestamp } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueOf } from '../../../src/adapters/mongo/catalogueOf.js'
import { folderSlices } from '../../../src/adapters/slices/slices.js'
import { catalogueDifferences, type Catalogue } from '../../../src/domain/catalogue.js'
import type { MomentRestored } from '../../../src/cli/restoreMoment.js'
import { ops, placeFor, startOps, type Ended, type Place } from '../../support/cli.js'
import { nothingSecret } from '../../support/invariants.js'
import {
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'
import { Ward } from './ward.js'

/** What the server was at a moment, by its own account. */
interface Remembered {
  readonly name: string
  /** As `--to-time` takes it. */
  readonly time: string
  readonly hashes: readonly string[]
  readonly catalogue: Catalogue
}

const databases = ['medical_records', 'clinic']
const moments: Remembered[] = []
let server: MongoServer
let place: Place
let ward: Ward

/** What the server is now; nobody writes. `whole`: the moment is a second with nothing else around it. */
async function remember(name: string, whole = false): Promise<void> {
  await ward.rest()
  moments.push({
    name,
    time: whole ? await wholeSecond() : await operationTime(),
    ...(await now()),
  })
}

async function now(): Promise<Pick<Remembered, 'hashes' | 'catalogue'>> {
  const hashes = []
  for (const database of databases) hashes.push(await hashOf(server.client, database))
  return { hashes, catalogue: await catalogueOf(server.client, databases) }
}

/** Fails where the server is not as it was. */
async function expectAsThen({ name, time, hashes, catalogue }: Remembered): Promise<void> {
  const found = await now()
  expect(catalogueDifferences(catalogue, found.catalogue), `${name} ${time}`).toEqual([])
  expect(found.hashes, `${name} ${time}`).toEqual(hashes)
}

/** Whoever asks last is answered with the latest time: nobody else writes. */
async function operationTime(): Promise<string> {
  const pong: Document = await server.client.db('admin').command({ ping: 1 })
  const { t, i } = pong['operationTime'] as Timestamp
  return `${t.toString()}:${i.toString()}`
}

async function wholeSecond(): Promise<string> {
  const [seconds] = (await operationTime()).split(':')
  await until(() => Promise.resolve(Date.now() / 1000 > Number(seconds) + 1.5), 5_000)
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', '+00:00')
}

async function good(argv: readonly string[]): Promise<Ended> {
  const ended = await ops(place, argv)
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(0)
  nothingSecret(ended)
  return ended
}

const restoring = (time: string, ...more: string[]) => [
  ...['restore', '--to-time', time, '--confirm', 'medical', '--json'],
  ...more,
]

async function restoredTo(time: string, ...more: string[]): Promise<MomentRestored> {
  const { stdout } = await good(restoring(time, ...more))
  return (JSON.parse(stdout) as { result: MomentRestored }).result
}

/** What a run that fails says. */
async function failing(argv: readonly string[]) {
  const ended = await ops(place, argv)
  nothingSecret(ended)
  const { error } = JSON.parse(ended.stdout) as {
    error: { code: string; message: string; next: string[]; facts: Record<string, unknown> }
  }
  return { exitCode: ended.exitCode, ...error }
}

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 300)
  place = await placeFor(server)
  // Every database of the server, not one alone.
  const file = join(place.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/ +databases: .*\n/, ''), { mode: 0o600 })
  ward = new Ward(server.client)
  await ward.open()

  ward.work()
  await good(['pitr', 'slice', '--base'])
  await remember('after the base')
  ward.work()
  await good(['pitr', 'slice'])
  await ward.redefine()
  await remember('after definitions')
  ward.work()
  await ward.transaction()
  await good(['pitr', 'slice'])
  await remember('a whole second', true)
  await ward.rename()
  ward.work()
  await good(['backup'])
  await remember('after another base')
  await ward.disaster()
  await remember('after the disaster')
  ward.work()
  await sleep(300)
  await ward.rest()
  await good(['pitr', 'slice'])
}, 120_000)

afterAll(async () => {
  await ward.rest()
  await place.remove()
  await server.remove()
})

describe('a restore to a moment', () => {
  test('shows first what it takes, and changes nothing', async () => {
    const before = await now()
    const { stdout } = await good(['restore', '--to-time', moments[1]?.time ?? '', '--dry-run'])
    expect(stdout).toContain('timeline 1, each proved, without a gap')
    expect(stdout).toContain('clinic.letters')
    expect(await now()).toEqual(before)
  })

  test('a damaged slice is found before anything is touched', async () => {
    const before = await now()
    const slices = folderSlices(join(place.folder, 'shelf'), 'medical')
    const { slices: held } = await slices.holdings()
    const path = join(slices.folder, held[1]?.manifest.file ?? '')
    const whole = await readFile(path)
    const damaged = Buffer.from(whole)
    damaged.writeUInt8((damaged[40] ?? 0) ^ 1, 40)
    await writeFile(path, damaged)
    const failure = await failing(restoring(moments[2]?.time ?? ''))
    await writeFile(path, whole)
    expect(failure).toMatchObject({ exitCode: 12, code: 'SLICE_DAMAGED' })
    expect(await now()).toEqual(before)
  })

  test('any moment comes back: every document, index, view and option, and the state before it can be had back', async () => {
    const before = await now()
    const first = moments.at(-2)
    if (!first) throw new Error('moments')
    const result = await restoredTo(first.time)
    await expectAsThen(first)
    expect(result).toMatchObject({ target: 'medical', moment: { optime: first.time } })
    expect(result.nextBase).toMatch(/^medical-/)
    expect(result.safetyBackup).toMatch(/-safety$/)
    await good(['undo', result.receipt ?? '', '--confirm', 'medical', '--json'])
    await expectAsThen({ name: 'before', time: '', ...before })

    for (const moment of moments.filter((one) => one !== first)) {
      await restoredTo(moment.time, '--no-safety-backup')
      await expectAsThen(moment)
    }
  }, 240_000)

  test('a moment that nothing reaches is refused, with the nearest ones', async () => {
    const before = await now()
    const { stdout } = await ops(place, ['pitr', 'status', '--json'])
    const { reaches } = (
      JSON.parse(stdout) as { result: { reaches: { to: { optime: string } }[] } }
    ).result
    const [seconds = '', ordinal = ''] = (reaches[0]?.to.optime ?? '').split(':')
    const later = `${seconds}:${(Number(ordinal) + 1).toString()}`
    const failure = await failing(restoring(later))
    expect(failure).toMatchObject({
      exitCode: 10,
      code: 'MOMENT_UNREACHABLE',
      facts: { before: { seconds: Number(seconds), ordinal: Number(ordinal) } },
    })
    expect(failure.next[0]).toContain(`--to-time ${seconds}:${ordinal}`)
    expect(await failing(restoring('20m ago'))).toMatchObject({
      code: 'MOMENT_UNREACHABLE',
      facts: { before: null },
    })
    expect(await failing(restoring('2099-01-01T00:00:00Z'))).toMatchObject({
      exitCode: 10,
      code: 'MOMENT_FUTURE',
    })
    expect(await now()).toEqual(before)
  })

  test('killed half-way it leaves a record that says how to go on', async () => {
    const [moment] = moments
    if (!moment) throw new Error('moments')
    const run = startOps(place, restoring(moment.time))
    const dropped = async () => {
      const there = await server.client.db('clinic').listCollections({ name: 'notes' }).toArray()
      return there.length === 0
    }
    expect(await until(dropped, 60_000)).toBe(true)
    run.kill('SIGKILL')
    await run
    const doctor = await ops(place, ['doctor', '--json'])
    expect(doctor.stdout).toContain('was cut off half-way')
    expect(doctor.stdout).toContain(`ops restore --to-time ${moment.time}`)
    await restoredTo(moment.time, '--no-safety-backup')
    await expectAsThen(moment)
    const after = await ops(place, ['doctor', '--json'])
    expect(after.stdout).toContain('no procedure was cut off half-way')
  }, 120_000)
})
