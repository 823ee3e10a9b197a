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

test('a text longer than the terminal is broken between words, under its own column', () => {
  const text = 'users, roles and other databases stay as they are'
  expect(facts([['Kept', text]], 36)).toBe(
    ['Kept  users, roles and other', '      databases stay as they are'].join('\n'),
  )
  expect(facts([['Kept', text]])).toBe(`Kept  ${text}`)
})

test('a word that is longer than the terminal is not cut: it may be a path to copy', () => {
  const path = '/var/backups/ops/medical/medical-20261121T010000Z.archive.gz'
  expect(facts([['File', path]], 40)).toBe(`File  ${path}`)
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
