import { describe, expect, test } from 'vitest'
import { isLoopback, readConnectionUri } from '../../../src/domain/connectionUri.js'

describe('a connection string', () => {
  test('says who signs in, decoded, and where', () => {
    expect(readConnectionUri('mongodb://me%40home:p%3A%2F@DB01:27017,[::1]:2/x?w=1')).toEqual({
      username: 'me@home',
      password: 'p:/',
      hosts: ['db01', '::1'],
      encrypted: false,
      verified: false,
    })
    expect(readConnectionUri('mongodb://me@h')).toMatchObject({ username: 'me' })
    expect(readConnectionUri('mongodb://me:100%@h')).toMatchObject({ password: '100%' })
    expect(readConnectionUri('mongodb://%2Ftmp%2Fa.sock/')?.hosts).toEqual(['/tmp/a.sock'])
  })

  test.each([
    ['mongodb://h/?tls=true', true, true],
    ['mongodb://h/?SSL=true', true, true],
    ['mongodb://h/?tls=false', false, false],
    ['mongodb+srv://h/', true, true],
    ['mongodb+srv://h/?tls=false', false, false],
    ['mongodb://h?tls=true&tlsInsecure=true', true, false],
    ['mongodb://h/?tls=true&tlsAllowInvalidHostnames=true', true, false],
  ])('%s is encrypted: %s, verified: %s', (text, encrypted, verified) => {
    expect(readConnectionUri(text)).toMatchObject({ encrypted, verified })
  })

  test.each(['postgres://h/', 'mongodb://', 'mongodb:/h', ''])('"%s" is none', (text) => {
    expect(readConnectionUri(text)).toBeUndefined()
  })
})

test.each([
  ['localhost', true],
  ['127.0.1.1', true],
  ['::1', true],
  ['/tmp/mongodb.sock', true],
  ['localhost.example', false],
  ['10.0.0.7', false],
  ['0.0.0.0', false],
  ['::', false],
])('%s is this machine itself: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
