import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Timestamp, type Document } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueOf } from '../../../src/adapters/mongo/catalogueOf.js'
import { folderSlices } from '../../../src/adapters/slices/slices.js'
import { catalogueDifferences, type Catalogue } from '../../../src/domain/catalogue.js'
import type { Optime } from '../../../src/domain/contents.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import type { MomentRestored } from '../../../src/cli/restoreMoment.js'
import type { DryRun } from '../../../src/report/plan.js'
import { ops, placeFor, startOps, type Ended, type Place } from '../../support/cli.js'
import { nothingSecret } from '../../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { sidecarsOf } from '../../support/sidecars.js'
import { until } from '../../support/waiting.js'
import { operationTime, Ward, wholeSecond } from './ward.js'

/** What the server was at a moment, by its own account. */
interface Remembered {
  readonly name: string
  /** As `--to-time` takes it. */
  readonly time: string
  readonly hashes: readonly string[]
  /** Of each collection, by `database.collection`. */
  readonly collections: Readonly<Record<string, string>>
  readonly catalogue: Catalogue
}

const databases = ['medical_records', 'clinic']
const patients = 'medical_records.healthcare_data'
const moments: Remembered[] = []
let server: MongoServer
let place: Place
let ward: Ward

/** What the server is now; nobody writes. `whole`: the moment is a second with nothing else around it. */
async function remember(name: string, whole = false): Promise<void> {
  await ward.rest()
  moments.push({
    name,
    time: whole ? await wholeSecond(server.client) : await operationTime(server.client),
    ...(await now()),
  })
}

async function now(): Promise<Pick<Remembered, 'hashes' | 'collections' | 'catalogue'>> {
  const hashes = []
  const collections: Record<string, string> = {}
  for (const database of databases) {
    const { md5, collections: each }: Document = await server.client
      .db(database)
      .command({ dbHash: 1 })
    hashes.push(String(md5))
    for (const [name, hash] of Object.entries(each as Record<string, string>))
      collections[`${database}.${name}`] = hash
  }
  return { hashes, collections, catalogue: await catalogueOf(server.client, databases) }
}

/** Fails where the server is not as it was. */
async function expectAsThen({
  name,
  time,
  hashes,
  catalogue,
}: Omit<Remembered, 'collections'>): Promise<void> {
  const found = await now()
  expect(catalogueDifferences(catalogue, found.catalogue), `${name} ${time}`).toEqual([])
  expect(found.hashes, `${name} ${time}`).toEqual(hashes)
}

async function good(argv: readonly string[]): Promise<Ended> {
  const ended = await ops(place, argv)
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(0)
  nothingSecret(ended)
  return ended
}

/** Inserts, updates and deletes after an entry, those of transactions included, as the server counts them. */
async function writtenAfter(after: Optime | undefined, ns: string): Promise<readonly number[]> {
  const ts = { $gt: new Timestamp({ t: after?.seconds ?? 0, i: after?.ordinal ?? 0 }) }
  const oplog = server.client.db('local').collection('oplog.rs')
  const found = []
  for (const op of ['i', 'u', 'd']) {
    const inner = await oplog
      .aggregate<{ n: number }>([
        { $match: { ts, op: 'c', 'o.applyOps': { $exists: true } } },
        { $unwind: '$o.applyOps' },
        { $match: { 'o.applyOps.op': op, 'o.applyOps.ns': ns } },
        { $count: 'n' },
      ])
      .toArray()
    found.push((await oplog.countDocuments({ ts, op, ns })) + (inner[0]?.n ?? 0))
  }
  return found
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

  test('shows what would be lost, as the oplog of the server has it', async () => {
    const { stdout: list } = await good(['backup', 'list', '--json'])
    const [newest] = (JSON.parse(list) as { result: { backups: { id: string }[] } }).result.backups
    const manifest = await readFile(join(place.shelf, `${newest?.id ?? ''}.json`), 'utf8')
    const { oplog } = JSON.parse(manifest) as Pick<Manifest, 'oplog'>
    const moment = moments[1]?.time ?? ''
    const [seconds = 0, ordinal = 0] = moment.split(':').map(Number)
    for (const [argv, after] of [
      [['--to-time', moment], { seconds, ordinal }],
      [[], oplog?.last],
    ] as const) {
      const { stdout } = await good(['restore', ...argv, '--dry-run', '--json'])
      const { plan } = (JSON.parse(stdout) as { result: DryRun }).result
      const { discarded } = plan
      expect(discarded).toMatchObject({ more: null, notCounted: null, among: [] })
      for (const name of [patients, 'clinic.notes', 'medical_records.audit_trail']) {
        const found = discarded?.namespaces[name]
        const counts = [found?.inserts ?? 0, found?.updates ?? 0, found?.deletes ?? 0]
        expect(counts, name).toEqual(await writtenAfter(after, name))
      }
      expect(discarded?.namespaces[patients]?.deletes).toBeGreaterThan(100)
      expect(discarded?.namespaces['clinic.system.buckets.breath']?.commands).toEqual({ drop: 1 })
      expect(plan.loses.join('\n')).toContain(`${patients}: `)
      expect(new Map(plan.facts).get('Duration')).toContain('objective 1 h')
    }
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
    expect(failure).toMatchObject({ exitCode: 10, code: 'MOMENT_UNREACHABLE' })
    expect(await now()).toEqual(before)
    const damage = await ops(place, ['backup', 'verify', '--all', '--json'])
    expect(damage.exitCode).toBe(12)
    expect(damage.stdout).toContain('SLICE_DAMAGED')
    await writeFile(path, whole)
    expect((await ops(place, ['backup', 'verify', '--all', '--json'])).exitCode).toBe(0)
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

  test('one collection comes back by itself: all others keep what was written since', async () => {
    const then = moments.at(-2)
    if (!then) throw new Error('moments')
    const clinic = server.client.db('clinic')
    await clinic.collection('notes').insertOne({ text: 'later' })
    await clinic.collection('letters').drop()
    const before = await now()
    const part = ['--database', 'clinic', '--collection', 'notes']
    const { stdout } = await good([...restoring(then.time, ...part), '--dry-run'])
    expect(stdout).toContain('rebuilt in a server of image')
    expect(await now()).toEqual(before)

    const result = await restoredTo(then.time, ...part)
    expect(result).toMatchObject({ moment: { optime: then.time }, dropped: [] })
    const after = await now()
    const name = 'clinic.notes'
    expect(after.collections[name]).toBe(then.collections[name])
    expect(after.collections[name]).not.toBe(before.collections[name])
    expect(after.catalogue[name]).toEqual(then.catalogue[name])
    expect({ ...after.collections, [name]: '' }).toEqual({ ...before.collections, [name]: '' })
    await good(['undo', result.receipt ?? '', '--confirm', 'medical', '--json'])
    await expectAsThen({ name: 'before', time: '', ...before })
  }, 120_000)

  test('one database comes back by itself, with its views and time-series', async () => {
    const [then] = moments
    if (!then) throw new Error('moments')
    const before = await now()
    const part = ['--database', 'clinic', '--no-safety-backup']
    const run = startOps(place, restoring(then.time, ...part))
    const { exitCode, stdout } = await run
    expect(exitCode, stdout).toBe(0)
    expect(await sidecarsOf(run.pid, '--all')).toEqual([])
    const after = await now()
    const ofClinic = (all: Catalogue) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('clinic.')))
    expect(after.hashes).toEqual([before.hashes[0], then.hashes[1]])
    expect(catalogueDifferences(ofClinic(then.catalogue), ofClinic(after.catalogue))).toEqual([])
  }, 120_000)

  test('from a place alone a moment comes back onto an empty shelf', async () => {
    const moment = moments.at(-2)
    if (!moment) throw new Error('moments')
    const usb = join(place.folder, 'usb')
    const file = join(place.folder, 'ops.yaml')
    const text = await readFile(file, 'utf8')
    const copies = `shelf: ./shelf\n  copies: [{name: usb, type: directory, path: ${usb}, requireMount: false}]`
    const withPlace = text.replace('shelf: ./shelf', copies)
    await writeFile(file, withPlace, { mode: 0o600 })
    await good(['backup', 'copy', '--all', '--json'])
    await writeFile(file, text, { mode: 0o600 })
    const away = await placeFor(server)
    try {
      await writeFile(join(away.folder, 'ops.yaml'), withPlace, { mode: 0o600 })
      const { exitCode, stdout, stderr } = await ops(away, [
        ...restoring(moment.time),
        ...['--from', 'usb', '--no-safety-backup'],
      ])
      expect(exitCode, stdout + stderr).toBe(0)
      await expectAsThen(moment)
      expect((await readdir(away.shelf)).filter((name) => name.endsWith('.spool'))).toEqual([])
    } finally {
      await away.remove()
    }
  }, 120_000)

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
    const before = await now()
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
    expect(await failing(['backup', '--json'])).toMatchObject({ exitCode: 6, code: 'LEFT_HALF' })
    const { receipt } = await restoredTo(moment.time, '--no-safety-backup')
    await expectAsThen(moment)
    const after = await ops(place, ['doctor', '--json'])
    expect(after.stdout).toContain('no procedure was cut off half-way')
    await good(['undo', receipt ?? '', '--confirm', 'medical', '--json'])
    await expectAsThen({ name: 'before the first attempt', time: '', ...before })
  }, 120_000)
})
