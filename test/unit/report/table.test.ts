import { expect, test } from 'vitest'
import { facts, table } from '../../../src/report/table.js'
import { pipe, terminal } from './canvas.js'

const columns = [
  { title: 'NAME' },
  { title: 'SIZE', align: 'right' as const },
  { title: 'STATE', paint: (padded: string) => `<${padded}>` },
]

test('columns are aligned for a person, by what is seen of wide letters', () => {
  expect(
    table(
      columns,
      [
        ['日本', '1'],
        ['b', '1000', 'ok'],
      ],
      terminal,
    ),
  ).toBe(['NAME  SIZE  STATE', '日本     1  <     >', 'b     1000  <ok   >'].join('\n'))
})

test('a pipe gets tabs, and nothing is painted or cut', () => {
  expect(table(columns, [['b', '1000', 'ok']], pipe)).toBe('NAME\tSIZE\tSTATE\nb\t1000\tok')
})

test('a cell cannot break out of its table', () => {
  expect(table(columns, [['a\tb\nc', '1', 'ok']], pipe).split('\n')).toHaveLength(2)
})

test('a label that repeats is said once', () => {
  expect(
    facts([
      ['Volume', 'a'],
      ['Volume', 'b'],
      ['To', 'c'],
    ]),
  ).toBe(['Volume  a', '        b', 'To      c'].join('\n'))
})
