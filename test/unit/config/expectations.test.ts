import { describe, expect, it } from 'vitest'
import { parse, problems, withTarget } from './reading.js'

const expecting = (text: string) => withTarget(`{service: a, expectations: {d.c: {${text}}}}`)

describe('expectations', () => {
  it('are read as they are written, and nothing is warned of', () => {
    const { config, warnings } = parse(
      expecting(
        'documents: {min: 1}, indexes: ["a,b:-1 unique ttl=60"], required: [a.b], types: {a.b: [int, number]}, unique: ["a,b.c"]',
      ),
    )
    expect(warnings).toEqual([])
    expect(config.targets['medical']?.expectations['d.c']).toEqual({
      documents: { min: 1 },
      indexes: ['a,b:-1 unique ttl=60'],
      required: ['a.b'],
      types: { 'a.b': ['int', 'number'] },
      unique: ['a,b.c'],
    })
  })

  it.each([
    ['types: {a: int}', 'types.a: must be a list'],
    ['types: {a: [integer]}', 'must be one of number, int'],
    ['types: {a: []}', 'needs at least one entry'],
    ['types: {a..b: [int]}', 'is no dotted path'],
    ['required: [$where]', 'is no dotted path'],
    ['required: [a, a]', '"a" is there twice'],
    ['unique: [a.$b]', 'is no dotted path'],
    ['unique: ["a,"]', 'is no dotted path'],
    ['indexes: ["a uniqe"]', 'is not field'],
    ['uniqe: [a]', 'did you mean "unique"?'],
  ])('are refused: %s', (text, said) => {
    expect(problems(expecting(text)).join('\n')).toContain(said)
  })
})
