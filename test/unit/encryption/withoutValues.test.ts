import { expect, test } from 'vitest'
import { withoutValues } from '../../../src/procedures/backup/withoutValues.js'

const contents = {
  'medical_records.patients': {
    database: 'medical_records',
    collection: 'patients',
    type: 'collection' as const,
    documents: 3,
    bytes: 300,
    crc: '0123456789abcdef',
    indexes: [
      {
        name: 'name_1',
        key: { name: 1 },
        options: {
          v: 2,
          unique: true,
          expireAfterSeconds: 60,
          partialFilterExpression: { name: 'Mrs Smith' },
          madeUpLater: 'Mrs Smith',
        },
      },
    ],
    options: {
      capped: true,
      size: 4096,
      validator: { $jsonSchema: { properties: { name: { enum: ['Mrs Smith'] } } } },
    },
  },
  'medical_records.hers': {
    database: 'medical_records',
    collection: 'hers',
    type: 'view' as const,
    documents: 0,
    bytes: 0,
    crc: '0000000000000000',
    indexes: [],
    options: { viewOn: 'patients', pipeline: [{ $match: { name: 'Mrs Smith' } }] },
  },
}

test('a manifest keeps the structure of what was backed up, and no value of it', () => {
  const kept = withoutValues(contents)
  expect(JSON.stringify(kept)).not.toContain('Smith')
  expect(kept['medical_records.patients']).toMatchObject({
    documents: 3,
    crc: '0123456789abcdef',
    indexes: [
      {
        name: 'name_1',
        key: { name: 1 },
        options: {
          v: 2,
          unique: true,
          expireAfterSeconds: 60,
          partialFilterExpression: '[left out]',
          madeUpLater: '[left out]',
        },
      },
    ],
    options: { capped: true, size: 4096, validator: '[left out]' },
  })
  expect(kept['medical_records.hers']?.options).toEqual({
    viewOn: 'patients',
    pipeline: '[left out]',
  })
})
