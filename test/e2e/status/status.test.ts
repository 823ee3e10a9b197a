import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Status } from '../../../src/checks/status/status.js'
import { ops, placeFor, startOps, type Place } from '../../support/cli.js'
import { nothingSecret } from '../../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 50)
  place = await placeFor(server)
  const file = join(place.folder, 'ops.yaml')
  const usb = `shelf: ./shelf\n  copies: [{name: usb, type: directory, path: ${join(place.folder, 'usb')}, requireMount: false}]`
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('shelf: ./shelf', usb), { mode: 0o600 })
  const based = await ops(place, ['pitr', 'slice', '--base', '--json'])
  expect(based.exitCode, based.stdout + based.stderr).toBe(0)
}, 60_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

async function status() {
  const ended = await ops(place, ['status', '--json'])
  nothingSecret(ended)
  const { result } = JSON.parse(ended.stdout) as { result: Status }
  const [target] = result.targets
  if (!target) throw new Error('a target')
  return { exitCode: ended.exitCode, result, target }
}

async function everyFile(): Promise<readonly string[]> {
  const names = await readdir(place.folder, { recursive: true })
  // What it saw is kept, for the looks to come.
  return names
    .filter((name) => !name.endsWith('.cache') && !name.startsWith('state/samples'))
    .sort()
}

describe('a status', () => {
  test('counts the writes that would be lost, with the server and with the machine', async () => {
    const rounds = server.client.db('medical_records').collection('rounds')
    await rounds.insertMany(Array.from({ length: 20 }, (_, n) => ({ n })))
    const brought = await ops(place, ['backup', 'copy', '--all', '--json'])
    expect(brought.exitCode, brought.stdout).toBe(0)
    const sliced = await ops(place, ['pitr', 'slice', '--json'])
    expect(sliced.exitCode, sliced.stdout).toBe(0)
    await rounds.deleteMany({ n: { $lt: 7 } })
    const before = await everyFile()
    const { result, target } = await status()
    expect(target.rpo).toMatchObject({ operations: 7, isMinimum: false, from: { kind: 'slices' } })
    expect(result.rpoSeconds).toBeLessThan(60)
    // What a place has depends on whether the slice was brought there as well; never is it less that would be lost.
    expect(target.hostRpo.operations).toBeGreaterThanOrEqual(7)
    expect(target.backup?.copies).toMatchObject([{ to: 'usb', state: 'ok' }])
    expect(result.problems.map(({ id }) => id)).toContain('medical.rto')
    expect(result.disk[0]?.freeBytes).toBeGreaterThan(0)
    expect(await everyFile()).toEqual(before)
  }, 60_000)

  test('is a few lines for people, and silent where it is asked to be and nothing is wrong', async () => {
    const { exitCode, stdout, stderr } = await ops(place, ['status'])
    expect([exitCode, stderr], stdout).toEqual([4, ''])
    expect(stdout).toMatch(/^ATTENTION {2}/)
    expect(stdout).toMatch(/Lost now {2}.*7 operations \(objective 5 min\)/)
    expect(stdout).toContain('→ ops backup test-restore --target medical')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  }, 60_000)

  test('keeps what it saw, and leaves a line of its own beginning and end in the log', async () => {
    const samples = await readFile(join(place.state, 'samples/room.ndjson'), 'utf8')
    expect(JSON.parse(samples.split('\n')[0] ?? '')).toMatchObject({
      path: join(place.folder, 'shelf'),
      freeBytes: expect.any(Number) as number,
    })
    const log = (await readFile(join(place.state, 'ops.log'), 'utf8')).trim().split('\n')
    const entries = log.map((line) => JSON.parse(line) as Record<string, unknown>)
    const own = entries.filter(({ command }) => command === 'status')
    expect(own[0]).toMatchObject({ level: 'info', event: 'start' })
    expect(own[1]).toMatchObject({ event: 'end', exitCode: 4, level: 'warn', run: own[0]?.['run'] })
    const steps = entries.filter(({ event }) => event === 'step done')
    expect(steps.every(({ target }) => target === 'medical')).toBe(true)
    expect(steps.length).toBeGreaterThan(2)
    nothingSecret({ stdout: log.join('\n'), stderr: '' })
  })

  test('goes on the same where the log and the samples cannot be written', async () => {
    const folder = join(place.folder, 'not-a-folder')
    await writeFile(folder, '')
    const env = { OPS_LOG: join(folder, 'log') }
    const quiet = await ops(place, ['status'], { env })
    expect([quiet.exitCode, quiet.stderr]).toEqual([4, ''])
    const told = await ops(place, ['status', '--verbose'], { env })
    expect(told.exitCode).toBe(4)
    expect(told.stderr).toMatch(/^! the log could not be written: .*ENOTDIR/)
  }, 60_000)

  test('is drawn again and again until Ctrl-C, which is no failure', async () => {
    const running = startOps(place, ['status', '--watch', '--every', '500ms'])
    let seen = ''
    running.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    await until(() => Promise.resolve(seen.split('ATTENTION').length > 3), 40_000)
    running.kill('SIGINT')
    const { exitCode, stderr } = await running
    expect([exitCode, stderr]).toEqual([0, ''])
  }, 60_000)

  test('of a server that stands still comes all the same, and is not called good', async () => {
    await execa('docker', ['pause', server.container])
    try {
      const { exitCode, result, target } = await status()
      expect(exitCode).not.toBe(0)
      expect(result.verdict).not.toBe('ok')
      expect(target.backup?.trust).toBe('sound')
      expect(target.rpo).toMatchObject({ operations: null, from: { kind: 'slices' } })
      expect(result.problems.find(({ id }) => id === 'medical.rpo')).toMatchObject({
        severity: 'unknown',
      })
    } finally {
      await execa('docker', ['unpause', server.container])
    }
  }, 90_000)
})
