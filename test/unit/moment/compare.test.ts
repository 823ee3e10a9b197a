import { describe, expect, test } from 'vitest'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { LiveNamespace } from '../../../src/ports/mongo.js'
import { compareMoment } from '../../../src/procedures/moment/compare.js'

const index = { name: 'by name', key: { name: 1 }, options: {} }
const plain = { type: 'collection', options: {}, indexes: [index] } as const
const catalogue: Catalogue = { 'clinic.notes': plain }
const documents = { 'clinic.notes': { least: 3, most: 5 } }

const live = (count: number): LiveNamespace[] => [
  { database: 'clinic', collection: 'notes', type: 'collection', documents: count, indexes: [] },
]

describe('after a restore to a moment', () => {
  test('nothing is wrong where all is as it was', () => {
    expect(compareMoment({ catalogue, documents }, catalogue, live(4))).toEqual({
      collections: { 'clinic.notes': { documents: 4, expected: 5 } },
      problems: [],
      notes: [],
    })
  })

  test.each<[string, Catalogue, number]>([
    ['clinic.notes is not there', {}, 4],
    ['clinic.late is there, and was not then', { ...catalogue, 'clinic.late': plain }, 4],
    ['clinic.notes has other options', { 'clinic.notes': { ...plain, options: { a: 1 } } }, 4],
    ['clinic.notes lacks its index by name', { 'clinic.notes': { ...plain, indexes: [] } }, 4],
    [
      'clinic.notes has an index late that was not there then',
      { 'clinic.notes': { ...plain, indexes: [index, { ...index, name: 'late' }] } },
      4,
    ],
    [
      'clinic.notes has another index by name',
      { 'clinic.notes': { ...plain, indexes: [{ ...index, key: { name: -1 } }] } },
      4,
    ],
    ['clinic.notes has 2 documents instead of 3 to 5', catalogue, 2],
    ['clinic.notes has 6 documents instead of 3 to 5', catalogue, 6],
  ])('it is a problem that %s', (says, found, count) => {
    expect(compareMoment({ catalogue, documents }, found, live(count)).problems).toEqual([says])
  })

  test.each([
    ['expire', { ...plain, indexes: [{ ...index, options: { expireAfterSeconds: 60 } }] }],
    ['are let go of by a capped collection', { ...plain, options: { capped: true } }],
  ])('there may be fewer documents where they %s, never more', (_, entry) => {
    const then = { 'clinic.notes': entry }
    const found = compareMoment({ catalogue: then, documents }, then, live(1))
    expect(found.problems).toEqual([])
    expect(found.notes).toEqual(['clinic.notes has 1 documents instead of 3 to 5'])
    expect(compareMoment({ catalogue: then, documents }, then, live(6)).problems).toHaveLength(1)
  })
})
