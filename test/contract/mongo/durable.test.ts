import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/domain/secret.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { until } from '../../support/waiting.js'

const made = cleanUp()
let server: MongoServer

beforeAll(async () => {
  const more = ['--setParameter', 'enableTestCommands=1']
  server = made.made(await startMongoServer({ more }), (one) => one.remove())
  const admin = server.client.db('admin')
  await admin.command({ createUser: 'restorer', pwd: 'restorer', roles: ['restore'] })
  await server.client.db('medical_records').createCollection('patients')
})
afterAll(() => made.all())

async function session(of: MongoServer = server, user?: string): Promise<MongoSession> {
  const value = (text: string) => ({ from: 'value' as const, value: new Secret(text) })
  const credentials = { username: value(user ?? ''), password: value(user ?? '') }
  const target = of.target(
    user === undefined ? {} : { credentials: { ...credentials, authSource: 'admin' } },
  )
  return made.made(await realWorld('/nowhere').mongo.connect(target), (one) => one.close())
}

/** Holds back the server's journal while `work` runs. */
async function withoutJournal(work: () => Promise<void>): Promise<void> {
  const admin = server.client.db('admin')
  const fail = (mode: string) =>
    admin.command({ configureFailPoint: 'pauseJournalFlusherBeforeFlush', mode })
  await fail('alwaysOn')
  try {
    // A flush that had begun before is over then.
    await sleep(500)
    await work()
  } finally {
    await fail('off')
  }
}

describe('members of a replica set', () => {
  test('are counted for who may ask', async () => {
    expect(await (await session()).members()).toBe(1)
  })

  test('are not known to who may not', async () => {
    expect(await (await session(server, 'restorer')).members()).toBeUndefined()
  })

  test('are none on a standalone', async () => {
    const alone = made.made(await startMongoServer({ standalone: true }), (one) => one.remove())
    expect(await (await session(alone)).members()).toBeUndefined()
  })
})

test('a server that was restarted tells of another process than before', async () => {
  const alone = made.made(await startMongoServer({ standalone: true }), (one) => one.remove())
  const processId = async () => (await session(alone)).processId()
  const before = await processId()
  expect(before).toMatch(/^[0-9a-f]{24}$/)
  expect(await processId()).toBe(before)
  await execa('docker', ['restart', '--time', '2', alone.container])
  let after: string | undefined
  await until(async () => {
    after = await processId().catch(() => undefined)
    return after !== undefined
  }, 60_000)
  expect(after).toMatch(/^[0-9a-f]{24}$/)
  expect(after).not.toBe(before)
})

describe('that everything is durable', () => {
  test.each([
    ['who may do anything', undefined],
    ['who may only restore', 'restorer'],
  ])('is told to %s, not before writes of others are in the journal', async (_, user) => {
    const asking = await session(server, user)
    const patients = server.client.db('medical_records').collection('patients')
    let durable: Promise<string> | undefined
    await withoutJournal(async () => {
      await patients.insertOne({ written: new Date() }, { writeConcern: { w: 1, journal: false } })
      durable = asking.durable('medical_records', 'patients').then(() => 'durable')
      expect(await Promise.race([durable, sleep(1_500, 'not yet')])).toBe('not yet')
    })
    expect(await durable).toBe('durable')
  })

  test('changes nothing', async () => {
    const patients = server.client.db('medical_records').collection('patients')
    const before = await patients.indexes()
    const oplog = server.client.db('local').collection('oplog.rs')
    const written = { ns: /^medical_records\./ }
    const entries = await oplog.countDocuments(written)
    await (await session()).durable('medical_records', 'patients')
    expect(await patients.indexes()).toEqual(before)
    expect(await oplog.countDocuments(written)).toBe(entries)
  })
})
