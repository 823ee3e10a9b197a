import { describe, expect, test } from 'vitest'
import { mostTarLines } from '../../../src/domain/dataFiles.js'
import { onlyWrittenBehind } from '../../../src/procedures/dataFiles/changedMeanwhile.js'

const changed = (name: string) => `tar: ${name}: file changed as we read it`

describe('what tar says of a folder that a server works in', () => {
  test.each([
    ['.'],
    ['./'],
    ['./WiredTiger.turtle'],
    ['./WiredTiger.wt'],
    ['./WiredTigerHS.wt'],
    ['./medical_records/collection-0-1.wt'],
    ['./journal'],
    ['./journal/WiredTigerLog.0000000002'],
    ['./mongod.log'],
  ])('%s may change', (name) => {
    expect(onlyWrittenBehind(1, [changed('.'), changed(name)])).toBe(true)
  })

  test.each([
    ['a file that belongs to no checkpoint', changed('./storage.bson')],
    ['the list of the backup', changed('./WiredTiger.backup')],
    ['a file that shrank', 'tar: ./a.wt: File shrank by 512 bytes; padding with zeros'],
    ['a file that vanished', 'tar: ./a.wt: File removed before we read it'],
    ['a file that cannot be read', 'tar: ./a.wt: Cannot open: Permission denied'],
    ['anything else', 'tar: write error'],
  ])('%s may not', (_what, line) => {
    expect(onlyWrittenBehind(1, [changed('.'), line])).toBe(false)
  })

  test('another exit code, silence, and more than was kept are not explained by it', () => {
    expect(onlyWrittenBehind(2, [changed('.')])).toBe(false)
    expect(onlyWrittenBehind(1, [])).toBe(false)
    expect(onlyWrittenBehind(1, Array(mostTarLines).fill(changed('.')) as string[])).toBe(false)
  })
})
