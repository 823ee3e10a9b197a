import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { long } from '../support/faultPoints.js'
import {
  listed,
  noLeftovers,
  nothingSecret,
  wholeFiles,
  type Listed,
} from '../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'
import { writeLoad, type WriteLoad } from '../support/writeLoad.js'

/** So many times something is killed at a random moment of a backup. */
const times = Number(process.env['OPS_KILLS'] ?? (long ? 200 : 8))
const seed = Number(process.env['OPS_SEED'] ?? Date.now() % 1_000_000)

const victims = ['ops', 'mongodump', 'mongod', 'container'] as const
const engines = ['sidecar', 'exec', 'host', 'auto'] as const

const network = `ops-test-${randomBytes(4).toString('hex')}`
let server: MongoServer
let place: Place
let load: WriteLoad

beforeAll(async () => {
  // A published port is another one after each start; the address stays, where nobody else takes it meanwhile.
  await execa('docker', ['network', 'create', '--label', 'ops.test=network', network])
  server = await startMongoServer({ published: false, network })
  await loadPatients(server.client, 20_000, 500)
  place = await placeFor(server)
  load = writeLoad(server)
}, 60_000)
afterAll(async () => {
  await load.stop()
  await place.remove()
  await server.remove()
  await execa('docker', ['network', 'rm', network])
})

/** Numbers that look random and are the same for a seed (mulberry32). */
function random(): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Process numbers, on this machine, of the mongodumps of this test: in the container, beside it, and on the host. */
async function mongodumps(): Promise<readonly string[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,comm=,args='])
  const mine = stdout.split('\n').filter((line) => /^\s*\d+ mongodump /.test(line))
  const found = await Promise.all(
    mine.map(async (line) => {
      const pid = line.trim().split(' ')[0] ?? ''
      const cgroup = await execa('cat', [`/proc/${pid}/cgroup`, `/proc/${pid}/environ`], {
        reject: false,
      })
      return { pid, about: cgroup.stdout }
    }),
  )
  const id = await containerId()
  const besides = await sidecarsOf(id)
  return found
    .filter(({ about }) => [id, place.folder, ...besides].some((word) => about.includes(word)))
    .map(({ pid }) => pid)
}

/** Containers on the network of the server: its sidecars, not those of other servers. */
async function sidecarsOf(id: string): Promise<readonly string[]> {
  const ours = await execa('docker', [
    'ps',
    '--quiet',
    '--no-trunc',
    '--filter',
    'label=ops.target',
  ])
  const format = '{{.Id}} {{.HostConfig.NetworkMode}}'
  const argv = ['inspect', '--format', format, ...ours.stdout.split('\n').filter(Boolean)]
  // One may be gone between the two questions; the engine still answers for the others.
  const { stdout } = await execa('docker', argv, { reject: false })
  return stdout.split('\n').flatMap((line) => (line.endsWith(id) ? [line.slice(0, 64)] : []))
}

async function containerId(): Promise<string> {
  return (await execa('docker', ['inspect', '--format', '{{.Id}}', server.container])).stdout
}

/** Process numbers, on this machine, of the server's mongod. */
async function mongods(): Promise<readonly string[]> {
  const argv = ['top', server.container, '-eo', 'pid,comm']
  const { stdout } = await execa('docker', argv, { reject: false })
  const lines = stdout.split('\n').filter((line) => line.trim().endsWith(' mongod'))
  return lines.map((line) => line.trim().split(/\s+/)[0] ?? '')
}

async function kill(victim: (typeof victims)[number], run: ReturnType<typeof startOps>) {
  switch (victim) {
    case 'ops':
      run.kill('SIGKILL')
      return
    case 'mongodump':
      for (const pid of await mongodumps()) await execa('kill', ['-KILL', pid], { reject: false })
      return
    case 'mongod':
      for (const pid of await mongods()) await execa('kill', ['-KILL', pid], { reject: false })
      return
    case 'container':
      await execa('docker', ['kill', server.container], { reject: false })
  }
}

/** The database runs and takes writes again. */
async function recovered(): Promise<void> {
  await execa('docker', ['start', server.container])
  expect(await until(() => load.writes(), 60_000)).toBe(true)
}

test(`${times.toString()} random kills during backups under write load: every time all that was promised holds`, async () => {
  const next = random()
  const pick = <Thing>(things: readonly Thing[]) =>
    things[Math.floor(next() * things.length)] as Thing
  let before: readonly Listed[] = []
  let interrupted = 0

  for (let time = 0; time < times; time++) {
    const [victim, engine, wait] = [pick(victims), pick(engines), Math.floor(next() * 1500)]
    const about = `seed ${seed.toString()}, time ${time.toString()}: ${victim} killed after ${wait.toString()} ms, engine ${engine}`
    const run = startOps(place, ['backup', '--json', '--engine', engine])
    await sleep(wait)
    await kill(victim, run)
    const { exitCode, stdout, stderr } = await run
    nothingSecret({ stdout, stderr })
    expect(await until(async () => (await mongodumps()).length === 0, 5_000), about).toBe(true)
    await recovered()

    const after = await listed(place)
    // What was there is there as it was; what is new is whole, and is only there if the run said so (or could not say).
    for (const old of before)
      expect(
        after.find(({ id }) => id === old.id),
        about,
      ).toEqual(old)
    await wholeFiles(after)
    const added = after.length - before.length
    // 3: the backup is there, and something beside it (its recovery kit) is said to be missing.
    if (exitCode === 0 || exitCode === 3) expect(added, about).toBe(1)
    else if (exitCode !== undefined) expect(added, `${about}: ${stdout}`).toBe(0)
    if (exitCode !== 0) interrupted++

    const again = await ops(place, ['backup', '--json'])
    expect(again.exitCode, `${about}, then: ${again.stdout}${again.stderr}`).toBe(0)
    await noLeftovers(place)
    before = await listed(place)
  }
  // A loop in which nothing was ever hit would prove nothing.
  expect(interrupted).toBeGreaterThan(long ? times / 4 : 0)
}, 7_200_000)

test('after all that the newest backup restores to what it counted', async () => {
  await load.stop()
  const [newest] = await listed(place)
  const { exitCode, stdout } = await ops(place, [
    'restore',
    newest?.id ?? '',
    '--confirm',
    'medical',
    '--no-safety-backup',
    '--json',
  ])
  expect(exitCode, stdout).toBe(0)
  const { result } = JSON.parse(stdout) as {
    result: { collections: Record<string, { documents: number }> }
  }
  const counted = await server.client
    .db('medical_records')
    .collection('healthcare_data')
    .countDocuments()
  expect(result.collections['medical_records.healthcare_data']?.documents).toBe(counted)
})
