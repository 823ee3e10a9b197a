import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { LiveNamespace, MongoSession } from '../../../src/ports/mongo.js'
import { differences, fingerprint } from '../../../src/procedures/drill/fingerprint.js'
import { FakeServer } from '../../fakes/server.js'

/** A session with patients, and logins that expire; `changes` say how the namespaces are, `mayHash` whether the user may ask for hashes. */
async function session(
  logins: number,
  changes: Partial<LiveNamespace> = { indexes: [expiry] },
  mayHash = true,
): Promise<MongoSession> {
  const server = new FakeServer()
  server.collection('ward', 'patients', [{ _id: 1 }])
  const documents = Array.from({ length: logins }, (_, at) => ({ _id: at }))
  server.collection('ward', 'logins', documents)
  const open = await server.connect()
  return {
    ...open,
    hash: (database) =>
      mayHash
        ? open.hash(database)
        : Promise.reject(new Failure('environment', 'MONGO_UNAUTHORIZED', 'no', [])),
    namespaces: async (databases, count) =>
      (await open.namespaces(databases, count)).map((one) =>
        one.collection === 'logins' ? { ...one, ...changes } : one,
      ),
  }
}

const expiry = { name: 'at_1', key: { at: '1' }, options: { expireAfterSeconds: 60 } }
const of = async (...given: Parameters<typeof session>) =>
  fingerprint(await session(...given), ['ward'], 'ward.numbered')

describe.each([
  ['hashes', true],
  ['counts', false],
])('what is compared by %s', (_, mayHash) => {
  test('is another where a document is gone', async () => {
    const before = await of(2, {}, mayHash)
    expect(differences(before, await of(1, {}, mayHash))).toEqual(['ward.logins'])
  })

  test('is the same where documents expired; not where their collection is gone, or expires no more', async () => {
    const expiring = { indexes: [expiry] }
    const before = await of(2, expiring, mayHash)
    expect(before.collections).toMatchObject({ 'ward.logins': 'expires' })
    expect(differences(before, await of(1, expiring, mayHash))).toEqual([])
    expect(
      differences(before, await of(2, { options: { expireAfterSeconds: 5 } }, mayHash)),
    ).toEqual([])
    expect(differences(before, await of(2, {}, mayHash))).toEqual(['ward.logins'])
    expect(differences(before, { ...before, collections: {} })).toContain('ward.logins')
  })
})

test('the buckets of a time-series expire as it does', async () => {
  const open = await session(0)
  const series: MongoSession = {
    ...open,
    hash: () =>
      Promise.resolve({ md5: '', collections: { 'system.buckets.logins': 'a', patients: 'b' } }),
  }
  const { collections } = await fingerprint(series, ['ward'], '')
  expect(collections).toEqual({ 'ward.system.buckets.logins': 'expires', 'ward.patients': 'b' })
})
