import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Replayed } from '../../src/procedures/replay/replay.js'
import { modelOf, type Model } from '../e2e/dr/ward.js'
import { ops, placeFor, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { passedBy, type Passed } from '../support/faultPoints.js'
import { doctorIsCalm, doctorTells, killedAtEachBorder } from '../support/killedRecoveries.js'
import { startMongoServer, type MongoServer } from '../support/mongoServer.js'

interface Visit {
  readonly _id: number
  readonly n: number
}

const argv = ['pitr', 'replay', '--confirm', 'medical', '--json']
let server: MongoServer
let place: Place
let then: Model
let points: readonly Passed[]

const visits = () => server.client.db('medical_records').collection<Visit>('visits')
const model = () => modelOf(server.client, 'medical_records', 'visits')
const numbered = (from: number, count: number): Visit[] =>
  Array.from({ length: count }, (_, at) => ({ _id: from + at, n: 0 }))

/** A backup, then more writes than are carried out together, then the restore that discards and keeps them. */
async function restored(): Promise<Place> {
  await visits().deleteMany({})
  await visits().insertMany(numbered(0, 700))
  answerOf(await ops(place, ['backup', '--json']))
  await visits().insertMany(numbered(1_000, 700))
  await visits().updateMany({ _id: { $lt: 300 } }, { $inc: { n: 1 } })
  await visits().deleteOne({ _id: 600 })
  await server.client.withSession((session) =>
    session.withTransaction(async () => {
      await visits().insertOne({ _id: 5_000, n: 0 }, { session })
      await visits().updateOne({ _id: 1_000 }, { $inc: { n: 5 } }, { session })
      await visits().deleteOne({ _id: 699 }, { session })
    }),
  )
  then = await model()
  answerOf(await ops(place, ['restore', '--confirm', 'medical', '--json']))
  expect(await visits().countDocuments()).toBe(700)
  return place
}

/** The borders between steps, and every write to the list of what is changed: each comes between two parts of the data. */
function within(passed: readonly Passed[]): readonly Passed[] {
  let isPlaying = false
  return passed.filter(({ point, where }) => {
    const isBorder = point.startsWith('step ')
    if (isBorder) isPlaying = point.startsWith('step started') && where.startsWith('Play ')
    return isBorder || (isPlaying && /^(write|sync)#/.test(point))
  })
}

beforeAll(async () => {
  server = await startMongoServer()
  place = await placeFor(server)
  await restored()
  points = within(await passedBy(place, argv))
  expect(await model()).toEqual(then)
}, 180_000)
afterAll(async () => {
  await place.remove()
  await server.remove()
})

test('what is changed is written down before each part of it', () => {
  expect(points.filter(({ point }) => point.startsWith('sync#')).length).toBeGreaterThan(2)
})

test('killed anywhere: the doctor names it, and the same command ends with every document once, and nothing lost', async () => {
  const parts = points.filter(({ point }) => point.startsWith('write#'))
  await killedAtEachBorder(
    {
      argv,
      borders: points,
      short: [['step done', /^Play /]],
      also: parts.slice(1, 2).map(({ point }) => ({ point, hurt: 'kill9' as const })),
    },
    restored,
    async ({ where }) => {
      // Before it changes anything no record is kept, and none is needed.
      const isRecorded = !/ (Prepare|Dump|Put|Begin) /.test(where)
      if (isRecorded)
        await doctorTells(place, /^"play back what .* was cut off/, /^ops pitr replay /m)
      const { result, warnings } = answerOf<Replayed>(await ops(place, argv))
      if (isRecorded) expect(warnings.join()).toContain('was cut off')
      expect(result).toMatchObject({ conflicts: 0, left: [] })
      expect(await model()).toEqual(then)
      const again = answerOf<Replayed>(await ops(place, argv))
      expect(again.result).toMatchObject({ documents: 0, conflicts: 0 })
      expect(await model()).toEqual(then)
      await doctorIsCalm(place)
    },
  )
}, 3_600_000)
