import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { givenFiles } from '../../../src/adapters/host/givenFiles.js'
import { recoveryFolder } from '../../../src/adapters/host/recoveryFolder.js'
import { supplyFiles } from '../../../src/adapters/host/supplyFiles.js'
import { stageFolder } from '../../../src/adapters/host/stageFolder.js'
import type { RecoveryFolder } from '../../../src/ports/recoveryFolder.js'
import { FakeFolder } from '../../fakes/recoveryFolder.js'
import { cleanUp } from '../../support/cleanUp.js'

const made = cleanUp()
afterEach(() => made.all())

const temporary = async () =>
  made.made(await mkdtemp(join(tmpdir(), 'ops-folder-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe.each<[string, () => Promise<RecoveryFolder>]>([
  ['in memory', () => Promise.resolve(new FakeFolder())],
  ['of this machine', async () => recoveryFolder(join(await temporary(), 'srv'))],
])('a folder %s', (_, make) => {
  test('takes files and gives them back', async () => {
    const folder = await make()
    expect(await folder.text('ops.yaml')).toBeUndefined()
    expect(await folder.isThere(join(folder.path, 'stack'))).toBe(false)
    await folder.write({ name: 'ops.yaml', text: 'version: 1\n', mode: 0o600 })
    await folder.write({ name: 'stack/mongodb/start.sh', text: 'exec\n', mode: 0o755 })
    await folder.write({ name: 'ops.yaml', text: 'version: 2\n', mode: 0o600 })
    expect(await folder.text('ops.yaml')).toBe('version: 2\n')
    expect(await folder.isThere(join(folder.path, 'stack/mongodb/start.sh'))).toBe(true)
    expect(await folder.isThere(join(folder.path, 'stack'))).toBe(true)
  })
})

test('what services read is open to their users, the folder itself is not', async () => {
  const folder = recoveryFolder(join(await temporary(), 'srv'))
  await folder.write({ name: 'stack/mongodb/start.sh', text: 'exec\n', mode: 0o755 })
  expect(await modeOf(folder.path)).toBe(0o700)
  expect(await modeOf(join(folder.path, 'stack/mongodb'))).toBe(0o755)
  expect(await modeOf(join(folder.path, 'stack/mongodb/start.sh'))).toBe(0o755)
})

test('a file where a folder should be is named', async () => {
  const path = await temporary()
  await writeFile(join(path, 'stack'), '')
  await expect(
    recoveryFolder(path).write({ name: 'stack/start.sh', text: '', mode: 0o600 }),
  ).rejects.toMatchObject({ code: 'FOLDER_UNWRITABLE', exitCode: 13 })
})

test('nothing is written through a link that leads out of the folder', async () => {
  const [path, outside] = [await temporary(), await temporary()]
  await symlink(outside, join(path, 'stack'))
  await expect(
    recoveryFolder(path).write({ name: 'stack/mongodb/start.sh', text: '', mode: 0o600 }),
  ).rejects.toMatchObject({ code: 'FOLDER_UNWRITABLE' })
  expect(await readdir(outside)).toEqual([])
})

test('what is put down for a run goes with it, and with the next one what a killed run left', async () => {
  const folder = join(await temporary(), 'srv')
  const left = join(folder, '.ops-recovery-4194304999')
  await mkdir(left, { recursive: true })
  await writeFile(join(folder, '.env'), 'WORD=w\n')
  const links = ['.env', 'secrets/not-there']
  const stage = await stageFolder(folder, [{ name: 'a/b.yml', text: 'x' }], links)
  // Compose may call the project after its folder.
  expect(stage.files).toBe(join(stage.path, 'srv'))
  expect(await readdir(stage.files)).toEqual(['.env', 'a'])
  expect(await readlink(join(stage.files, '.env'))).toBe(join(folder, '.env'))
  await rm(join(folder, '.env'))
  expect(await readdir(folder)).toEqual([stage.path.slice(folder.length + 1)])
  expect(await modeOf(stage.path)).toBe(0o700)
  await stage.discard()
  expect(await readdir(folder)).toEqual([])
})

test('what no kit holds is brought from another folder: .env as a copy, files as links, folders not', async () => {
  const [from, to] = [await temporary(), join(await temporary(), 'bare')]
  await writeFile(join(from, '.env'), 'WORD=w\n', { mode: 0o644 })
  await mkdir(join(from, 'secrets'))
  await writeFile(join(from, 'secrets/word'), 'w', { mode: 0o600 })
  const names = ['secrets/word', 'secrets', 'nothing', 'secrets/word']
  expect(await supplyFiles(from, to, names)).toEqual(['.env', 'secrets/word'])
  expect(await modeOf(join(to, '.env'))).toBe(0o600)
  expect((await lstat(join(to, '.env'))).isSymbolicLink()).toBe(false)
  expect(await readlink(join(to, 'secrets/word'))).toBe(join(from, 'secrets/word'))
  await writeFile(join(from, 'no folder'), '')
  await expect(supplyFiles(from, join(from, 'no folder/bare'), [])).rejects.toMatchObject({
    kind: 'environment',
  })
})

test('files that people wrote are told from those that nobody did', async () => {
  const path = await temporary()
  await mkdir(join(path, 'node_modules/x'), { recursive: true })
  await writeFile(join(path, 'node_modules/x/index.js'), '')
  await writeFile(join(path, 'start.sh'), 'exec\n', { mode: 0o755 })
  await writeFile(join(path, 'binary'), Buffer.from([0, 255, 1]))
  await writeFile(join(path, 'large.txt'), 'x'.repeat(300_000))
  expect(await givenFiles(path)).toEqual([
    { path: join(path, 'binary'), mode: 0o644, because: 'it is no text' },
    { path: join(path, 'large.txt'), mode: 0o644, because: 'it is too large' },
    { path: join(path, 'start.sh'), mode: 0o755, text: 'exec\n' },
  ])
  expect(await givenFiles(join(path, 'start.sh'))).toHaveLength(1)
  expect(await givenFiles(join(path, 'nothing'))).toEqual([])
})
