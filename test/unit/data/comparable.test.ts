import { Decimal128, deserialize, Double, Int32, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comparableText,
  comparableValue,
  formOf,
  valueAt,
} from '../../../src/procedures/data/csv/comparable.js'

const text = formOf({ string: 1 })
const whole = formOf({ int: 1, long: 1 })
const binary = formOf({ double: 1, int: 1 })
const exact = formOf({ decimal: 1 })
const date = formOf({ date: 1 })
const truth = formOf({ bool: 1 })

type Form = ReturnType<typeof formOf>

describe('a column and a field are the same', () => {
  test.each<[string, unknown, Form]>([
    ['54', new Int32(54), whole],
    ['54.0', new Int32(54), whole],
    ['5.4e1', new Long(54), whole],
    ['9007199254740993', Long.fromString('9007199254740993'), whole],
    ['-0', new Int32(0), whole],
    ['0.10', new Double(0.1), binary],
    ['0.1000000000000000055', new Double(0.1), binary],
    ['4170.677708927542', new Double(4170.677708927542), binary],
    ['54', new Double(54), binary],
    ['1000000000000000000000', new Double(1e21), binary],
    ['1.10', Decimal128.fromString('1.1'), exact],
    ['1100', Decimal128.fromString('1.1E+3'), exact],
    ['2021-06-10', new Date('2021-06-10T00:00:00Z'), date],
    ['2021-06-10T02:00:00+02:00', new Date('2021-06-10T00:00:00Z'), date],
    ['2021-06-10 00:00:00.5', new Date('2021-06-10T00:00:00.500Z'), date],
    ['0001-01-01', new Date('0001-01-01T00:00:00Z'), date],
    ['True', true, truth],
    ['false', false, truth],
    ['', null, text],
    ['', undefined, whole],
    ['', '', date],
    ['Ångström', 'Ångström', text],
    ['54', '54', text],
    ['54', new Int32(54), text],
    ['6553f1000000000000000001', new ObjectId('6553f1000000000000000001'), text],
  ])('%j is %o', (column, value, form) => {
    expect(comparableText(column, form)).toBe(comparableValue(value, form))
  })

  test.each<[string, unknown, Form]>([
    ['007', new Int32(7), whole],
    ['54', new Int32(55), whole],
    ['9007199254740992', Long.fromString('9007199254740993'), whole],
    ['0.1000000000000000055', Decimal128.fromString('0.1'), exact],
    ['1.10', '1.1', text],
    ['Bobby', 'bobby', text],
    ['Bobby ', 'Bobby', text],
    ['10/06/2021', new Date('2021-06-10T00:00:00Z'), date],
    ['0024-05-01', new Date('1924-05-01T00:00:00Z'), date],
    ['2021-06-10', new Date(Number.NaN), date],
    ['2021-02-30', new Date('2021-03-02T00:00:00Z'), date],
    [' ', null, text],
    ['0', null, whole],
    ['null', null, text],
    ['NaN', null, binary],
  ])('%j is not %o', (column, value, form) => {
    expect(comparableText(column, form)).not.toBe(comparableValue(value, form))
  })

  test('whatever number a program wrote', () => {
    const stored = (number: number) => new Double(number)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(comparableText(number.toString(), binary)).toBe(
          comparableValue(stored(number), binary),
        )
      }),
    )
  })
})

test.each<[string, unknown, Form]>([
  ['  BObby   JacksON, ', 'Bobby Jackson', formOf({ string: 1 }, true)],
  ['4170.677708927542', new Double(4170.68), formOf({ double: 1 }, true)],
  ['1.115', new Double(1.11), formOf({ double: 1 }, true)],
  [' , ', null, formOf({ string: 1 }, true)],
])('%j is loosely %o', (column, value, form) => {
  expect(comparableText(column, form)).toBe(comparableValue(value, form))
})

describe('a dotted path', () => {
  const document: unknown = deserialize(
    serialize({ a: { b: 'x' }, list: [{ b: 'y' }, {}, { b: 'z' }], none: null }),
    { promoteValues: false },
  )

  test.each<[string, unknown]>([
    ['a.b', 'x'],
    ['list.b', ['y', 'z']],
    ['none', null],
    ['none.b', undefined],
    ['a.b.c', undefined],
    ['constructor', undefined],
  ])('%s leads to what is there', (path, value) => {
    expect(valueAt(document, path.split('.'))).toEqual(value)
  })
})
