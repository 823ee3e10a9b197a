import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, type Place } from '../support/cli.js'
import { eachVisit, hurtAt, pointsOf } from '../support/faultPoints.js'
import { listed, nothingSecret, wholeFiles, type Listed } from '../support/invariants.js'
import { hashOf, loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

let server: MongoServer
let place: Place
let base: Listed
let sound: string
let restore: readonly string[]
let points: readonly string[]

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 500)
  place = await placeFor(server)
  sound = await hashOf(server.client)
  expect((await ops(place, ['backup', '--json'])).exitCode).toBe(0)
  const [only] = await listed(place)
  if (!only) throw new Error('a backup is on the shelf')
  base = only
  restore = ['restore', base.id, '--confirm', 'medical', '--json']
  await damage()
  points = await pointsOf(place, restore)
}, 60_000)
afterAll(async () => {
  await place.remove()
  await server.remove()
})

/** Documents changed in place, some gone, one collection dropped, a stray one added. */
async function damage(): Promise<string> {
  const db = server.client.db('medical_records')
  await db.collection('healthcare_data').updateMany({}, { $set: { 'billing.billing_amount': 0 } })
  await db.collection('healthcare_data').deleteMany({ 'patient_info.age': { $gt: 70 } })
  await db.collection('audit_trail').drop()
  await db.collection('stray').insertOne({})
  return hashOf(server.client)
}

test('a restore passes the points of its safety backup, of its record and of every step', () => {
  expect(points.filter((point) => point.startsWith('step done')).length).toBeGreaterThan(5)
  expect(points.filter((point) => point.startsWith('rename')).length).toBeGreaterThan(5)
})

test('whatever fails, and wherever it is killed: the state before can be had back, and a rerun restores', async () => {
  const broken = await eachVisit(points, 50, async (point, hurt) => {
    const damaged = await damage()
    const ended = await hurtAt(place, restore, point, hurt)
    nothingSecret(ended)
    const after = await listed(place)
    expect(after.find(({ id }) => id === base.id)).toEqual(base)
    await wholeFiles(after)

    const now = await hashOf(server.client)
    if (hurt !== 'kill9') {
      // Done and good, or not done: then it is as before, or the message names the way back.
      if (ended.exitCode === 0 || ended.exitCode === 3) expect(now).toBe(sound)
      else if (now !== damaged && now !== sound) expect(ended.stdout).toContain('ops undo')
      if (hurt !== 'throw') expect(ended.stdout).not.toContain('"code":"BUG"')
    }
    const again = await ops(place, [...restore, '--no-safety-backup'])
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
    expect(await hashOf(server.client)).toBe(sound)
  })
  expect(broken).toEqual([])
}, 3_600_000)

test('cut off half-way: the doctor says so, and undo brings the state before it back', async () => {
  const damaged = await damage()
  const feeding = points.findIndex((point) => point.startsWith('step started'))
  const steps = points.filter((point) => point.startsWith('step started'))
  expect(feeding).toBeGreaterThanOrEqual(0)
  const compare = steps.at(-2) ?? ''
  await hurtAt(place, restore, compare, 'kill9')
  const doctor = await ops(place, ['doctor', '--json'])
  expect(doctor.stdout).toContain('cut off half-way')
  const undone = await ops(place, ['undo', '--confirm', 'medical', '--json'])
  expect(undone.exitCode, undone.stdout + undone.stderr).toBe(0)
  expect(await hashOf(server.client)).toBe(damaged)
})
