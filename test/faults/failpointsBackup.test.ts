import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, type Ended, type Place } from '../support/cli.js'
import { eachVisit, hurtAt, pointsOf, type Hurt } from '../support/faultPoints.js'
import {
  listed,
  noLeftovers,
  nothingSecret,
  wholeFiles,
  type Listed,
} from '../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

const backup = ['backup', '--json', '--engine', 'host']

let server: MongoServer
let place: Place
let first: Listed
let points: readonly string[]

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 2_000)
  place = await placeFor(server)
  expect((await ops(place, backup)).exitCode).toBe(0)
  const [only] = await listed(place)
  if (!only) throw new Error('a first backup is on the shelf')
  first = only
  points = await pointsOf(place, backup)
  await onlyFirst()
}, 60_000)
afterAll(async () => {
  await place.remove()
  await server.remove()
})

/** The shelf as it was after the first backup, so that each visit meets the same. */
async function onlyFirst(): Promise<void> {
  for (const name of await readdir(place.shelf)) {
    // One that began in the same second has the id of the first, and a number behind it.
    if (name.startsWith(`${first.id}.`) || name === 'latest.archive.gz') continue
    await rm(join(place.shelf, name), { recursive: true })
  }
}

test('a backup passes every kind of point', () => {
  const kinds = new Set(points.map((point) => point.split('#')[0]))
  expect([...kinds].sort()).toEqual([
    'folder',
    'link',
    'open',
    'remove',
    'rename',
    'step done',
    'step started',
    'symlink',
    'sync',
    'write',
  ])
  expect(points.length).toBeGreaterThan(25)
})

test('whatever fails, and wherever it is killed: what is listed is whole, and the next run works', async () => {
  const broken = await eachVisit(points, 10, async (point, hurt) => {
    await onlyFirst()
    const ended = await hurtAt(place, backup, point, hurt)
    nothingSecret(ended)
    const after = await listed(place)
    // The backup before is untouched.
    expect(after.find(({ id }) => id === first.id)).toEqual(first)
    await wholeFiles(after)
    judge(ended, hurt, after.length === 2)

    const next = await ops(place, backup)
    expect(next.exitCode, next.stdout + next.stderr).toBe(0)
    await noLeftovers(place)
  })
  expect(broken).toEqual([])
}, 1_800_000)

/** Exit code 0 and 3 mean that a new backup is there. Any other says why, and is none of the codes for a bug. */
function judge({ exitCode, stdout }: Ended, hurt: Hurt, isNew: boolean): void {
  if (hurt === 'kill9') {
    expect(exitCode).toBe(137)
    return
  }
  expect([0, 1, 3, 13, 14], stdout).toContain(exitCode)
  expect(isNew, stdout).toBe(exitCode === 0 || exitCode === 3)
  const answer = JSON.parse(stdout) as { error?: { code: string } }
  if (hurt !== 'throw') expect(answer.error?.code, stdout).not.toBe('BUG')
}

test('the last good backup restores after all that', async () => {
  const { exitCode, stdout } = await ops(place, [
    'restore',
    first.id,
    '--confirm',
    'medical',
    '--json',
  ])
  expect(exitCode, stdout).toBe(0)
})
