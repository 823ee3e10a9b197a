import { MongoServerError, MongoWriteConcernError, type MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { writeNote } from '../../../src/adapters/mongo/writeNote.js'
import { medical } from '../../fakes/world.js'

const answering = (command: () => Promise<unknown>) =>
  writeNote({ db: () => ({ command }) } as unknown as MongoClient, medical, 'a note', 1000)

test('a note that no majority confirms in time is no proof of writing', async () => {
  const answer = { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }
  const unconfirmed = new MongoWriteConcernError({ ok: 1, ...answer })
  await expect(answering(() => Promise.reject(unconfirmed))).rejects.toMatchObject({
    code: 'WRITE_NOT_CONFIRMED',
    exitCode: 124,
  })
})

test('a note is not tried where there is no oplog, or no right to write into it', async () => {
  for (const code of [13, 20, 59, 76]) {
    const refused = new MongoServerError({ message: 'no', code })
    expect(await answering(() => Promise.reject(refused))).toBe(false)
  }
  expect(await answering(() => Promise.resolve({ ok: 1 }))).toBe(true)
})
