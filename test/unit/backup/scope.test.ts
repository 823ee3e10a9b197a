import { describe, expect, test } from 'vitest'
import { decideScope } from '../../../src/procedures/backup/scope.js'
import { expectedBytes, requireSpace } from '../../../src/procedures/backup/space.js'
import { medical } from '../../fakes/world.js'

const member = {
  version: '6.0.5',
  replicaSet: 'rs0',
  primary: true,
  host: 'a',
  uptime: 1,
  connections: 1,
}
const standalone = { version: '6.0.5', primary: true, host: 'a', uptime: 1, connections: 1 }
const present = ['medical_records', 'billing', 'other']

describe('what a dump takes in', () => {
  test('a replica set with point-in-time recovery is dumped whole, with its oplog', () => {
    expect(decideScope(medical, member, present, false)).toMatchObject({
      request: { oplog: true },
      databases: present,
      only: [],
    })
  })

  test('a standalone has no oplog: one database is dumped by name', () => {
    expect(decideScope(medical, standalone, present, false)).toMatchObject({
      request: { database: 'medical_records', oplog: false },
      databases: ['medical_records'],
    })
  })

  test('several named databases are cut out of a whole dump, because mongodump takes one or all', () => {
    const target = { ...medical, pointInTime: false, databases: ['medical_records', 'billing'] }
    expect(decideScope(target, member, present, false)).toMatchObject({
      request: { oplog: false },
      only: ['medical_records', 'billing'],
    })
  })

  test('a safety backup takes everything, also when the database that should be there is gone', () => {
    expect(decideScope(medical, standalone, ['other'], true)).toMatchObject({
      databases: ['other'],
      only: [],
    })
  })

  test('a database that is gone is an error otherwise', () => {
    expect(() => decideScope(medical, member, ['other'], false)).toThrow(/medical_records/)
  })
})

describe('room on the shelf', () => {
  test('the last backup tells how far the data shrinks', () => {
    expect(expectedBytes({ dataBytes: 1000, last: { bytes: 20, rawBytes: 100 } })).toBe(250)
    expect(expectedBytes({ dataBytes: 1000 })).toBe(500)
  })

  test('too little is refused with both figures', () => {
    expect(() => {
      requireSpace(50e6, 10e6, '/shelf')
    }).toThrow(/50 MB free.*takes about 10 MB.*68 MB are to stay free.*about 78 MB together/)
    expect(() => {
      requireSpace(500e6, 10e6, '/shelf')
    }).not.toThrow()
  })
})
