import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const rows = readFileSync(join(root, 'docs/faults.md'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\| .* \| `(test\/\S+\.test\.ts)`: (.+) \|$/.exec(line) ?? [])

test('every fault of the catalogue names a test that exists', () => {
  const missing: string[] = []
  for (let at = 0; at < rows.length; at += 3) {
    const [file = '', name = ''] = rows.slice(at + 1, at + 3)
    const path = join(root, file)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    // A name ends with the quote that ends it; a template may begin it.
    if (![`'`, '"', '`'].some((quote) => text.includes(`${name}${quote}`)))
      missing.push(`${file}: ${name}`)
  }
  expect(missing).toEqual([])
  expect(rows.length / 3).toBeGreaterThan(50)
})
