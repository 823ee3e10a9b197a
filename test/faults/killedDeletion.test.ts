import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeletionPutBack } from '../../src/procedures/dr/deletion.js'
import type { FoundDeletions } from '../../src/procedures/dr/findDeletions.js'
import { loadVisits, modelOf, type Model } from '../e2e/dr/ward.js'
import { ops, placeFor, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { hurtAt, passedBy, type Passed } from '../support/faultPoints.js'
import {
  bordersIn,
  doctorIsCalm,
  doctorTells,
  killedAtEachBorder,
} from '../support/killedRecoveries.js'
import { startMongoServer, type MongoServer } from '../support/mongoServer.js'

const database = 'medical_records'
let server: MongoServer
let place: Place
let then: Model
let argv: readonly string[]
let borders: readonly Passed[]

/** The collection that was dropped, what its database has beside it, and the way back to that. */
const visits = () => modelOf(server.client, database, 'visits')

async function isDropped(): Promise<void> {
  expect(await server.client.db(database).listCollections({ name: 'visits' }).toArray()).toEqual([])
  expect(await server.client.db(database).collection('beside').countDocuments()).toBe(1)
}

async function undone(receipt?: string): Promise<void> {
  const named = receipt === undefined ? [] : [receipt]
  answerOf(await ops(place, ['undo', ...named, '--confirm', 'medical', '--json']))
  await isDropped()
  await doctorIsCalm(place)
}

beforeAll(async () => {
  server = await startMongoServer()
  await loadVisits(server.client, 'visits', 60)
  const db = server.client.db(database)
  await db.collection('visits').createIndexes([{ key: { code: 1 }, unique: true }])
  then = await visits()
  place = await placeFor(server)
  answerOf(await ops(place, ['pitr', 'slice', '--base', '--json']))
  await db.collection('visits').drop()
  await db.collection('beside').insertOne({ later: true })
  const { result } = answerOf<FoundDeletions>(
    await ops(place, ['dr', 'deletion', '--dry-run', '--json']),
  )
  const [deletion] = result.deletions
  argv = ['dr', 'deletion', '--pick', deletion?.id ?? '', '--confirm', 'medical', '--json']
  borders = bordersIn(await passedBy(place, argv))
  expect(await visits()).toEqual(then)
  await undone()
}, 180_000)
afterAll(async () => {
  await place.remove()
  await server.remove()
})

const disaster = async () => {
  await isDropped()
  return place
}
const tells = () =>
  doctorTells(place, /^"put back what was deleted from .* was cut off/, /^ops dr deletion --pick/m)

test('killed between any two steps: the doctor names it, the same command goes on, and undo takes back both', async () => {
  await killedAtEachBorder(
    {
      argv,
      borders,
      short: [['step done', /^Make what /]],
    },
    disaster,
    async () => {
      await tells()
      const { result, warnings } = answerOf<DeletionPutBack>(await ops(place, argv))
      expect(warnings.join()).toContain('was cut off')
      expect(result.putBack + result.alreadyThere).toBe(60)
      expect(await visits()).toEqual(then)
      expect((await server.client.db(database).collection('visits').indexes()).length).toBe(2)
      await doctorIsCalm(place)
      await undone(result.receipt ?? '')
    },
  )
}, 3_600_000)

test('killed between any two steps: ops undo brings back what was there before', async () => {
  await killedAtEachBorder(
    {
      argv,
      borders,
      short: [['step done', /^Make what /]],
    },
    disaster,
    async () => {
      await tells()
      await undone()
    },
  )
}, 3_600_000)

test('killed twice, the second time before it wrote anything: one undo takes back both', async () => {
  const at = (border: string, called: RegExp) =>
    borders.find(({ point, where }) => point.startsWith(border) && called.test(where))?.point ?? ''
  await hurtAt(place, argv, at('step done', /^Put back what /), 'kill9')
  await hurtAt(place, argv, at('step started', /^Find base /), 'kill9')
  await undone()
}, 120_000)
