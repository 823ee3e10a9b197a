import { MongoServerError } from 'mongodb'
import { expect, test } from 'vitest'
import { mongoFailure } from '../../../src/adapters/mongo/mongoFailure.js'
import { Secret } from '../../../src/domain/secret.js'
import { medical } from '../../fakes/world.js'

const value = { from: 'value' as const, value: new Secret('x') }
const target = {
  ...medical,
  credentials: { username: value, password: value, authSource: 'admin' },
}

test('a refused command is named, and not quoted: it may hold data of patients', () => {
  const message =
    'not authorized on medical_records to execute command { insert: "patients", documents: [ { name: "Jane Roe" } ], $db: "medical_records" }'
  const error = new MongoServerError({ message, code: 13 })
  expect(mongoFailure(target, error)).toMatchObject({
    code: 'MONGO_UNAUTHORIZED',
    exitCode: 13,
    message:
      'the user of "medical" may not do this: not authorized on medical_records to run insert',
  })
})

test.each([
  [13436, 'node is not in primary or recovering state'],
  [94, 'no replset config has been received'],
  [11600, 'interrupted at shutdown'],
])('a member of no replica set (%i) is no bug of ours', (code, message) => {
  expect(mongoFailure(target, new MongoServerError({ message, code }))).toMatchObject({
    code: 'MONGO_NOT_READY',
    exitCode: 13,
    message: expect.stringContaining(message) as string,
  })
})
