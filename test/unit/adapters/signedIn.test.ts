import { expect, test } from 'vitest'
import { missingOptions } from '../../../src/adapters/mongo/client.js'
import { signedInAs, withoutSignIn } from '../../../src/adapters/mongo/connectionString.js'
import { patienceArguments, restoreArguments } from '../../../src/adapters/tools/arguments.js'
import { Secret } from '../../../src/domain/secret.js'

const signIn = { username: 'me@home', password: new Secret("p:/?'"), authSource: 'admin' }
const who = 'me%40home:p%3A%2F%3F%27@'

test.each([
  ['mongodb://host', `mongodb://${who}host/?authSource=admin`],
  ['mongodb://host/', `mongodb://${who}host/?authSource=admin`],
  ['mongodb://host:1/clinic', `mongodb://${who}host:1/clinic?authSource=admin`],
  ['mongodb://host?tls=true', `mongodb://${who}host?tls=true&authSource=admin`],
  ['mongodb://host/?', `mongodb://${who}host/?authSource=admin`],
  [
    'mongodb://a:1,b:2/?tls=true&replicaSet=rs0',
    `mongodb://${who}a:1,b:2/?tls=true&replicaSet=rs0&authSource=admin`,
  ],
  [
    'mongodb+srv://cluster.example/?w=1',
    `mongodb+srv://${who}cluster.example/?w=1&authSource=admin`,
  ],
  ['mongodb://old:pass@host/db?AuthSource=x', `mongodb://${who}host/db?AuthSource=x`],
  [
    'mongodb://%2Ftmp%2Fmongo.sock/?x=a@b',
    `mongodb://${who}%2Ftmp%2Fmongo.sock/?x=a@b&authSource=admin`,
  ],
  ['mongodb://[::1]:27017/', `mongodb://${who}[::1]:27017/?authSource=admin`],
])('%s keeps everything but who signs in', (given, expected) => {
  expect(signedInAs(new Secret(given), signIn).reveal()).toBe(expected)
})

test('what is no connection string stays what it is', () => {
  expect(signedInAs(new Secret('postgres://host'), signIn).reveal()).toBe('postgres://host')
})

test.each([
  ['mongodb://me:word@host', 'mongodb://host/'],
  ['mongodb://host/db?tls=true', 'mongodb://host/db?tls=true'],
  ['mongodb://me@a:1,b:2?AuthSource=x&tls=true&authMechanism=PLAIN', 'mongodb://a:1,b:2/?tls=true'],
  ['mongodb+srv://me:word@cluster.example/?authSource=admin', 'mongodb+srv://cluster.example/'],
  ['mongodb://me:w@[::1]:27017/?x=a@b', 'mongodb://[::1]:27017/?x=a@b'],
  ['postgres://me:word@host', 'postgres://me:word@host'],
])('%s without who signs in: %s', (given, expected) => {
  expect(withoutSignIn(new Secret(given)).reveal()).toBe(expected)
})

test('of the driver only what the connection string leaves open is set', () => {
  const uri = new Secret('mongodb://h/?CONNECTTIMEOUTMS=5&appName=x&readPreference=secondary')
  expect(missingOptions(uri)).toEqual({ serverSelectionTimeoutMS: 10_000 })
})

test('keeping the order goes without a number of workers', () => {
  const request = { drop: true, oplogReplay: true }
  const workers = '--numInsertionWorkersPerCollection=4'
  expect(restoreArguments(request)).toContain(workers)
  const inOrder = restoreArguments({ ...request, maintainInsertionOrder: true })
  expect(inOrder).toContain('--maintainInsertionOrder')
  expect(inOrder).not.toContain(workers)
})

test('a tool gives a server up that went away, unless its connection string says when', () => {
  const own = (query: string) => patienceArguments(new Secret(`mongodb://db:27017/?${query}`))
  expect(own('directConnection=true')).toEqual(['--serverSelectionTimeout=10'])
  expect(own('serverSelectionTimeoutMS=30')).toEqual([])
})
