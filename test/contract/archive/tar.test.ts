import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packed } from '../../../src/archive/tar.js'

const long = `${'folder/'.repeat(20)}file with spaces.yml`
const files = [
  { name: 'kit/a.txt', text: 'one\n' },
  { name: 'kit/empty', text: '' },
  { name: `kit/${long}`, text: 'é'.repeat(300) },
]

test('packs what tar unpacks, for its owner alone, the same bytes each time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ops-tar-'))
  try {
    const bytes = packed(files, 1_795_267_324)
    expect(packed(files, 1_795_267_324).equals(bytes)).toBe(true)
    await writeFile(join(folder, 'x.tar'), bytes)
    const { stderr } = await promisify(execFile)('tar', ['-xf', 'x.tar'], { cwd: folder })
    expect(stderr).toBe('')
    for (const { name, text } of files)
      expect(await readFile(join(folder, name), 'utf8')).toBe(text)
    expect((await stat(join(folder, 'kit/a.txt'))).mode & 0o777).toBe(0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('refuses a name that the format cannot hold', () => {
  expect(() => packed([{ name: 'x'.repeat(101), text: '' }], 0)).toThrow(RangeError)
})
