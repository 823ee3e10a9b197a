import { describe, expect, test } from 'vitest'
import { withoutIndexes } from '../../../src/archive/select/withoutIndexes.js'

const one = '{"v":{"$numberInt":"2"},"key":{"name":{"$numberDouble":"1.0"}},"name":"name_1"}'
const two = '{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}'
const metadata = (...indexes: readonly string[]) =>
  `{"indexes":[${indexes.join()}],"uuid":"ab","collectionName":"patients","type":"collection"}`

describe('metadata without some indexes', () => {
  test('keep everything else, letter for letter, and hand the definitions over as they were', () => {
    const thinned = withoutIndexes(metadata(two, one), (name) => name === 'name_1')
    expect(thinned?.metadata).toBe(metadata(two))
    expect(JSON.stringify(thinned?.leftOut)).toBe(`[${one}]`)
  })

  test('are not made where nothing is to be left out', () => {
    expect(withoutIndexes(metadata(two, one), () => false)).toBeUndefined()
    expect(withoutIndexes('', () => true)).toBeUndefined()
    expect(withoutIndexes('{"options":{}}', () => true)).toBeUndefined()
  })

  test('are not made where writing them again would change the order of fields', () => {
    const numbered = one.replace('"name":{', '"b":{"$numberInt":"1"},"0":{')
    expect(withoutIndexes(metadata(two, numbered), () => true)).toBeUndefined()
  })
})
