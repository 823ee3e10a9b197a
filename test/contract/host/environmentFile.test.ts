import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { machineEnvironmentFile as files } from '../../../src/adapters/host/environmentFile.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-env-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('a file keeps its mode when it is written, and what it was beside it', async () => {
  const path = join(folder, '.env')
  await writeFile(path, 'A=1\n')
  await chmod(path, 0o640)
  await files.keep(path, `${path}.before`)
  await files.write(path, 'A=2\n')
  expect([await files.text(path), await modeOf(path)]).toEqual(['A=2\n', '640'])
  expect([await readFile(`${path}.before`, 'utf8'), await modeOf(`${path}.before`)]).toEqual([
    'A=1\n',
    '640',
  ])
})

test('a new one is for its owner alone', async () => {
  const path = join(folder, 'new.env')
  expect(await files.text(path)).toBeUndefined()
  await files.write(path, 'A=1\n')
  expect(await modeOf(path)).toBe('600')
})

test('what is kept is put over nothing, and what cannot be written is said', async () => {
  const path = join(folder, 'kept.env')
  await writeFile(path, 'A=1\n')
  await writeFile(`${path}.before`, 'somebody else')
  await expect(files.keep(path, `${path}.before`)).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNWRITTEN',
  })
  expect(await readFile(`${path}.before`, 'utf8')).toBe('somebody else')
  await expect(files.write(join(folder, 'not/there'), '')).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNWRITTEN',
  })
  await expect(files.text(folder)).rejects.toMatchObject({ code: 'ENVIRONMENT_UNWRITTEN' })
})
