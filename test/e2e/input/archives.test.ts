import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, startOps, type Place } from '../../support/cli.js'
import { failsBothWays, holdsNoTrace, jsonErrorOf } from '../../support/failing.js'
import {
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
let server: MongoServer
let place: Place
let id: string
let archive: Buffer
let before: string
let shelf: readonly string[]

beforeAll(async () => {
  server = made.made(await startMongoServer(), (it) => it.remove())
  await loadPatients(server.client, 2_000)
  place = made.made(await placeFor(server), (it) => it.remove())
  const { stdout } = await ops(place, ['backup', '--json'])
  const { result } = JSON.parse(stdout) as { result: { id: string; path: string } }
  id = result.id
  archive = await readFile(result.path)
  // What is live differs from what the backup holds: a restore that happens would show.
  await server.client.db('medical_records').collection('audit_trail').deleteMany({ at: 1 })
  before = await hashOf(server.client)
  shelf = (await readdir(place.shelf)).sort()
})
afterAll(() => made.all())
/** Whatever was wrong: the data is as it was, and nothing was left on the shelf. */
afterEach(async () => {
  expect(await hashOf(server.client)).toBe(before)
  expect((await readdir(place.shelf)).sort()).toEqual(shelf)
  expect(
    (await server.client.db().admin().listDatabases()).databases.map(({ name }) => name),
  ).toEqual(['admin', 'config', 'local', 'medical_records'])
})

describe('a restore that nobody agreed to', () => {
  test.each([
    ['without a terminal and without --confirm', []],
    ['quietly', ['--quiet']],
    ['without a way back', ['--no-safety-backup']],
  ])('%s: exit 6, and it names the flag', async (_, flags) => {
    const expected = { exitCode: 6, code: 'CONFIRMATION_REQUIRED' }
    const { error } = await failsBothWays(place, ['restore', ...flags], expected)
    expect(error.next.join(' ')).toContain('--confirm medical')
  })

  test.each([
    ['another name', 'billing'],
    ['the name in capitals', 'MEDICAL'],
    ['the name of the database', 'medical_records'],
    ['a yes', 'yes'],
    ['nothing', ''],
  ])('with %s: exit 6', async (_, name) => {
    const expected = { exitCode: 6, code: 'CONFIRMATION_WRONG' }
    await failsBothWays(place, ['restore', id, '--confirm', name], expected)
  })

  test('answered on standard input instead: exit 6', async () => {
    const expected = { exitCode: 6, code: 'CONFIRMATION_REQUIRED' }
    await failsBothWays(place, ['restore'], expected, { input: Buffer.from('medical\n') })
  })

  test('is not what standard input holds, unless it is asked for with "-"', async () => {
    const input = Buffer.from('/etc/passwd\n')
    for (const argv of [
      ['restore', '--dry-run'],
      ['backup', 'show'],
      ['backup', 'verify'],
    ])
      expect((await ops(place, argv, { input })).exitCode, argv.join(' ')).toBe(0)
  })
})

describe('a restore of something that cannot be restored', () => {
  const confirmed = ['--confirm', 'medical']
  const notFound = { exitCode: 10, code: 'BACKUP_NOT_FOUND' }

  test.each([
    ['an id there is not', 'medical-20200101T000000Z'],
    ['an id that climbs', '../../medical-20200101T000000Z'],
    ['a file there is not', '/nowhere/dump.archive.gz'],
    ['a file below a file', 'password/x.gz'],
  ])('%s: exit 10', async (_, name) => {
    await failsBothWays(place, ['restore', name, ...confirmed], notFound)
  })

  test('a folder is no archive', async () => {
    const { exitCode, stdout } = await ops(place, ['restore', 'state', ...confirmed, '--json'])
    expect([2, 10, 12, 13]).toContain(exitCode)
    jsonErrorOf({ exitCode, stdout, stderr: '' }, { exitCode, code: codeOf(stdout) })
    expect(codeOf(stdout)).not.toBe('BUG')
  })

  const inputs: readonly (readonly [string, () => Buffer])[] = [
    ['nothing at all', () => Buffer.alloc(0)],
    ['an error message', () => Buffer.from('mongodump: command not found\n')],
    ['random bytes', () => randomBytes(100_000)],
    ['random bytes in gzip', () => gzipSync(randomBytes(100_000))],
    ['an empty gzip', () => gzipSync('')],
    ['half a backup', () => archive.subarray(0, archive.length >> 1)],
    ['a backup without its last byte', () => archive.subarray(0, -1)],
    ['a backup with a changed byte', () => changed(archive)],
    ['a backup in a gzip once more', () => gzipSync(archive)],
  ]
  test.each(inputs)('%s, as a file and from standard input: exit 12', async (_, bytes) => {
    const name = join(place.folder, 'foreign.archive')
    await writeFile(name, bytes())
    const fromFile = await ops(place, ['restore', name, ...confirmed, '--json'])
    const code = codeOf(fromFile.stdout)
    jsonErrorOf(fromFile, { exitCode: 12, code })
    const argv = ['restore', '-', ...confirmed]
    await failsBothWays(place, argv, { exitCode: 12, code }, { input: bytes() })
  })
})

describe('a part of a backup that cannot be had', () => {
  test.each([
    [['--database', 'nothing'], 10, 'DATABASE_NOT_IN_BACKUP'],
    [['--database', 'medical_records; rm -rf /'], 10, 'DATABASE_NOT_IN_BACKUP'],
    [['--collection', 'nothing'], 10, 'COLLECTION_NOT_IN_BACKUP'],
    [['--collection', '$where'], 10, 'COLLECTION_NOT_IN_BACKUP'],
    [['--into', ''], 2, 'INTO_INVALID'],
    [['--into', 'a b'], 2, 'INTO_INVALID'],
    [['--into', '../up'], 2, 'INTO_INVALID'],
    [['--into', '$(reboot)'], 2, 'INTO_INVALID'],
    [['--into=-drop'], 2, 'INTO_INVALID'],
    [['--into', 'admin'], 2, 'INTO_INVALID'],
    [['--into', 'x'.repeat(64)], 2, 'INTO_INVALID'],
    [['--into', 'medical_records'], 6, 'INTO_EXISTS'],
    [['--into', 'MEDICAL_RECORDS'], 6, 'INTO_EXISTS'],
  ] as const)('%j: exit %d', async (flags, exitCode, code) => {
    await failsBothWays(place, ['restore', ...flags, '--confirm', 'medical'], { exitCode, code })
  })
})

describe('a run that is ended', () => {
  test.each([
    ['backup'],
    ['restore --confirm medical'],
    ['restore --into copy'],
    ['backup verify'],
    ['backup list'],
    ['doctor'],
  ])('ops %s --timeout 1ms: exit 124', async (line) => {
    const argv = [...line.split(' '), '--timeout', '1ms']
    await failsBothWays(place, argv, { exitCode: 124, code: 'TIMED_OUT' })
  })

  test('by SIGTERM while it reads standard input: exit 143, and the spool is gone', async () => {
    for (const flags of [[], ['--json']]) {
      const running = startOps(place, ['restore', '-', '--confirm', 'medical', ...flags], {
        open: true,
      })
      running.stdin.write(archive.subarray(0, 1000))
      const begun = async () => (await readdir(place.shelf)).length > shelf.length
      expect(await until(begun, 10_000)).toBe(true)
      running.kill('SIGTERM')
      const { exitCode = -1, stdout, stderr } = await running
      expect(exitCode).toBe(143)
      holdsNoTrace({ stdout, stderr })
      if (flags.length > 0)
        jsonErrorOf({ exitCode, stdout, stderr }, { exitCode: 143, code: 'TERMINATED' })
      expect(
        await until(async () => (await readdir(place.shelf)).length === shelf.length, 3_000),
      ).toBe(true)
    }
  })

  test.each([
    [['backup', 'list']],
    [['backup', 'list', '--json']],
    [['backup', 'show', '--json']],
    [['config', 'show']],
    [['restore', '--dry-run']],
    [['help', 'exit-codes']],
    [['backup', 'show', 'nothing', '--json']],
  ])('%j into a pipe that nobody reads: quiet, and no trace', async (argv) => {
    const running = startOps(place, argv)
    running.stdout.destroy()
    const { exitCode, stderr } = await running
    holdsNoTrace({ stdout: '', stderr })
    expect(stderr).toBe('')
    expect([0, 2]).toContain(exitCode)
  })
})

function codeOf(stdout: string): string {
  return (JSON.parse(stdout) as { error: { code: string } }).error.code
}

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const at = copy.length >> 1
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}
