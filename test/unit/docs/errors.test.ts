import { beforeAll, describe, expect, test } from 'vitest'
import {
  ambiguous,
  failurePlaces,
  failurePlacesIn,
  type FailurePlace,
} from '../../../docs/generator/failures.js'
import { exitCodes } from '../../../src/domain/exit.js'

describe('the errors of the sources', () => {
  let places: readonly FailurePlace[]

  beforeAll(async () => {
    places = await failurePlaces()
  }, 60_000)

  test('each code has one kind, so that a code says which exit code goes with it', () => {
    expect(ambiguous(places)).toEqual([])
  })

  test('each kind is one of the table', () => {
    expect(places.filter(({ kind }) => !(kind in exitCodes))).toEqual([])
  })
})

describe('reading errors off a source text', () => {
  const read = (text: string) => failurePlacesIn('some.ts', text)

  test('a plain one, with what it says', () => {
    expect(read("throw new Failure('usage', 'WRONG', `no ${name} here`, [])")).toEqual([
      { code: 'WRONG', kind: 'usage', file: 'some.ts', sentence: 'no … here' },
    ])
  })

  test('a code that is decided, beside it or before', () => {
    const found = read(`
      const code = late ? 'LATE' : 'EARLY'
      throw new Failure(full ? 'space' : 'failed', code, 'it did not', [])
    `)
    expect(found.map(({ code, kind }) => `${kind} ${code}`)).toEqual([
      'space LATE',
      'space EARLY',
      'failed LATE',
      'failed EARLY',
    ])
    expect(ambiguous(found)).toEqual(['EARLY: failed, space', 'LATE: failed, space'])
  })

  test('a code that comes in as one of a few', () => {
    const found = read(`
      type Code = 'TORN' | 'WET'
      function damage(code: Code, says: string) { return new Failure('integrity', code, says, []) }
      throw damage('WET', 'the letter is wet')
    `)
    expect(found).toEqual([
      { code: 'TORN', kind: 'integrity', file: 'some.ts' },
      { code: 'WET', kind: 'integrity', file: 'some.ts', sentence: 'the letter is wet' },
    ])
  })

  test('one that is only given on is not counted again', () => {
    expect(read("throw new Failure(cause.kind, cause.code, 'more words', [])")).toEqual([])
  })

  test('one that cannot be read off stops the documentation', () => {
    expect(() => read("throw new Failure('failed', made(up), 'who knows', [])")).toThrow(
      'some.ts:1: "made(up)" is not a word that can be read off',
    )
  })
})
