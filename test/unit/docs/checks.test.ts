import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../../docs/generator/files.js'
import { parse, withTarget } from '../config/reading.js'
import { kinds } from '../declared/checks.js'

const page = readFileSync(join(root, 'docs/checks.md'), 'utf8')

/** The examples of the page, as entries of `checks`. */
const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) =>
  text.replace(/^checks:\n/, ''),
)

test('every kind of check has an example that ops takes', () => {
  const target = '{service: mongodb, expectations: {a.b: {unique: [name]}}}'
  const text = withTarget(target, 'checks:', examples.join(''))
  const { checks } = parse(text, { LANDING_KEY_ID: 'id' }).config
  expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(kinds))
})
