import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MongoSession } from '../../../src/ports/mongo.js'
import type { WriteLockRecord } from '../../../src/domain/writeLock.js'
import { whoseLock } from '../../../src/procedures/dataFiles/whoseLock.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { FakeServer } from '../../fakes/server.js'

const made = cleanUp()
let server: MongoServer
let real: MongoSession

beforeAll(async () => {
  server = made.made(await startMongoServer(), (one) => one.remove())
  real = made.made(await realWorld('/nowhere').mongo.connect(server.target()), (one) => one.close())
}, 60_000)
afterAll(() => made.all())

async function recorded(session: MongoSession): Promise<WriteLockRecord> {
  const marks = await session.lockMarks()
  const locks = await session.lockWrites()
  const { holder } = await session.standingLock()
  return {
    askedAt: '2026-11-21T13:00:00.000Z',
    ...marks,
    guarded: true,
    ...(locks === undefined ? {} : { locks }),
    ...(holder === undefined ? {} : { holder }),
  }
}

describe.each(['real', 'fake'])('a lock of the %s server', (which) => {
  let session: MongoSession
  beforeEach(async () => {
    session = which === 'real' ? real : await new FakeServer().connect()
    while (await session.unlockWrites());
  })

  test('is known by its process, its connection, and what holds it', async () => {
    const record = await recorded(session)
    expect(record).toMatchObject({
      process: expect.any(String) as string,
      connection: expect.any(Number) as number,
      holder: expect.any(Number) as number,
      locks: 1,
    })
    expect(whoseLock(record, await session.standingLock())).toEqual({ whose: 'ours' })
  })

  test('taken twice is counted, and is held by the same as before', async () => {
    const record = await recorded(session)
    expect(await session.lockWrites()).toBe(2)
    expect((await session.standingLock()).holder).toBe(record.holder)
    await session.unlockWrites()
    expect(await session.writesLocked()).toBe(true)
    await session.unlockWrites()
    expect(await session.standingLock()).not.toHaveProperty('holder')
  })
})

describe("somebody else's lock", () => {
  const admin = () => server.client.db('admin')

  test('after ours was released is held by another, and not ours', async () => {
    const record = await recorded(real)
    await real.unlockWrites()
    await admin().command({ fsync: 1, lock: true })
    const standing = await real.standingLock()
    expect(whoseLock(record, standing).whose).toBe('another')
    // What was not told of it would not make it ours.
    const { process, ...rest } = standing
    const silent = { ...(process === undefined ? {} : { process }), takers: rest.takers ?? [] }
    expect(whoseLock(record, silent).whose).toBe('unproven')
    await admin().command({ fsyncUnlock: 1 })
  })

  test('taken besides ours leaves it open whose is left', async () => {
    const record = await recorded(real)
    await admin().command({ fsync: 1, lock: true })
    await real.unlockWrites()
    expect(whoseLock(record, await real.standingLock()).whose).toBe('unproven')
    await admin().command({ fsyncUnlock: 1 })
  })
})
