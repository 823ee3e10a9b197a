import { describe, expect, it } from 'vitest'
import { showConfig } from '../../../src/config/show.js'
import { parse, problems, root, withTarget } from './reading.js'

const check = '{name: shop, kind: tcp, host: localhost, port: 80}'
const file = (...entries: readonly string[]) =>
  withTarget(
    '{service: mongodb}',
    `checks: [${check}]`,
    'symptoms:',
    ...entries.map((one) => `  - ${one}`),
  )
const wrong = (entry: string) => problems(file(entry)).join('\n')

const short = '{name: no-orders, says: customers cannot order, when: [{check: declared:shop}]}'

describe('symptoms of the operator', () => {
  it('are none where nothing is declared', () => {
    expect(parse(withTarget('{service: mongodb}')).config.symptoms).toEqual([])
  })

  it('are told by checks, all of them bad, where nothing else is said', () => {
    expect(parse(file(short)).config.symptoms).toEqual([
      {
        name: 'no-orders',
        says: 'customers cannot order',
        severity: 'fail',
        match: 'all',
        when: [{ check: 'declared:shop', is: 'warn' }],
        next: [],
      },
    ])
    const long =
      '{name: full, says: full, because: no room, severity: warn, match: any, when: [{check: disk, is: fail}, {check: mongo:medical, is: unknown}], next: [df -h]}'
    expect(parse(file(long)).config.symptoms).toMatchObject([
      { because: 'no room', severity: 'warn', match: 'any', next: ['df -h'] },
    ])
  })

  it.each([
    ['{name: x, says: y, when: []}', /when/],
    ['{name: x, says: y, when: [{check: declared:shpo}]}', /declared:shop/],
    ['{name: x, says: y, when: [{check: discs}]}', /"discs" is no check/],
    ['{name: x, says: y, when: [{check: declared:sho}]}', /declared:shop/],
    ['{name: x, says: y, when: [{check: "declared:"}]}', /is no check/],
    ['{name: x, says: y, when: [{check: mongo:medicl}]}', /is no check/],
    ['{name: x, says: y, when: [{check: mongo:medical:pnig}]}', /mongo:medical:ping/],
    ['{name: x, says: y, when: [{check: disk:shlef}]}', /disk:shelf/],
    ['{name: x, says: y, when: [{check: "container:"}]}', /is no check/],
    ['{name: x, says: y, when: [{check: disk, is: bad}]}', /is/],
    ['{name: memory, says: y, when: [{check: disk}]}', /ops knows by itself/],
    ['{name: x, says: y, when: [{check: disk}], run: rm}', /run/],
    ['{name: "a b", says: y, when: [{check: disk}]}', /usable name/],
    ['{name: x, says: "a\\nb", when: [{check: disk}]}', /one line/],
  ])('%s is refused', (entry, why) => {
    expect(wrong(entry)).toMatch(why)
  })

  it.each([
    'disk:shelf:forecast',
    'mongo:medical:ping',
    'container:web',
    'memory:web',
    'slices:medical:gap',
    'declared',
  ])('may name the check %s', (id) => {
    const [only] = parse(file(`{name: x, says: y, when: [{check: '${id}'}]}`)).config.symptoms
    expect(only?.when).toEqual([{ check: id, is: 'warn' }])
  })

  it('have names of their own', () => {
    expect(problems(file(short, short.replace('no-', 'No-'))).join('\n')).toMatch(/is there twice/)
  })

  it('are shown', () => {
    const shown = JSON.stringify(showConfig(parse(file(short)), root))
    expect(shown).toContain('customers cannot order')
    expect(shown).toContain('declared:shop')
  })
})
