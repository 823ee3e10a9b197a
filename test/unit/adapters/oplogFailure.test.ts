import { MongoServerError } from 'mongodb'
import { expect, test } from 'vitest'
import { oplogFailure } from '../../../src/adapters/mongo/oplog.js'
import { medical } from '../../fakes/world.js'

test('a cursor that fell out of the oplog is a failure that may pass, and no bug', () => {
  const lost = new MongoServerError({
    message: 'CollectionScan died due to position in capped collection being deleted',
    code: 136,
  })
  expect(oplogFailure(medical, lost)).toMatchObject({ code: 'OPLOG_UNREADABLE', kind: 'failed' })
})

test('a missing right is told as everywhere, and a mistake of ours stays one', () => {
  const refused = new MongoServerError({ message: 'not authorized', code: 13 })
  expect(oplogFailure(medical, refused)).toMatchObject({ code: 'MONGO_UNAUTHORIZED' })
  const mistake = new TypeError('undefined is not a function')
  expect(oplogFailure(medical, mistake)).toBe(mistake)
})
