import { expect, test } from 'vitest'
import { quoted } from '../../../src/domain/quoted.js'
import { counted, octal, size, span } from '../../../src/checks/doctor/words.js'

test.each([
  [40, '40 s'],
  [90, '2 min'],
  [5399, '90 min'],
  [26 * 3600, '26 h'],
  [9 * 86_400, '9 days'],
])('%d seconds are %s', (seconds, text) => {
  expect(span(seconds)).toBe(text)
})

test.each([
  [0, '0 kB'],
  [1234, '1.2 kB'],
  [340_000, '340 kB'],
  [1_340_000, '1.3 MB'],
  [84e6, '84 MB'],
  [78.4e9, '78 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(size(bytes)).toBe(text)
})

test('modes, paths and counts are written so that they can be typed and read', () => {
  expect(octal(0o40044)).toBe('0044')
  expect(quoted('/srv/ops.yaml')).toBe('/srv/ops.yaml')
  expect(quoted("/srv/it's here")).toBe(`'/srv/it'\\''s here'`)
  expect([counted(1, 'backup'), counted(2, 'backup')]).toEqual(['1 backup', '2 backups'])
})
