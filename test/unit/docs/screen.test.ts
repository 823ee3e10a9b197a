import { expect, test } from 'vitest'
import { spansOf, standings } from '../../../docs/generator/screen.js'
import { screenPicture } from '../../../docs/generator/screenPicture.js'

const escape = '\u001b'

test('a line is taken apart where its look changes, and columns are counted as they are seen', () => {
  expect(spansOf(`${escape}[32m✔${escape}[39m ${escape}[1mdone${escape}[0m`)).toEqual([
    { column: 0, text: '✔', look: 'fill="#3fb950"' },
    { column: 2, text: 'done', look: 'font-weight="bold"' },
  ])
})

test('a line that stays is drawn once, one that changes as often as it does', () => {
  const frames = [
    { seconds: 0, lines: ['$ ops restore', '0 %'] },
    { seconds: 1, lines: ['$ ops restore', '50 %'] },
    { seconds: 2, lines: ['$ ops restore', 'done'] },
  ]
  expect(standings(frames)).toEqual([
    { row: 0, line: '$ ops restore', from: 0 },
    { row: 1, line: '0 %', from: 0, until: 1 },
    { row: 1, line: '50 %', from: 1, until: 2 },
    { row: 1, line: 'done', from: 2 },
  ])
})

test('without animation a picture shows the last screen, and nothing in it is taken for markup', () => {
  const picture = screenPicture('<title>', 80, [
    { seconds: 0, lines: ['first & <only>'] },
    { seconds: 1, lines: ['last'] },
  ])
  expect(picture).toContain('<title>&lt;title></title>')
  expect(picture).toMatch(/visibility="hidden">.*first &amp; &lt;only>/)
  expect(picture).toMatch(
    /<text y="\d+"><tspan x="18">last<\/tspan><set attributeName="visibility" to="hidden"/,
  )
})
