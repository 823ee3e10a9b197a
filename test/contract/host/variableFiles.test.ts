import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineVariableFiles } from '../../../src/adapters/host/variableFiles.js'
import type { VariableFiles } from '../../../src/ports/variableFiles.js'
import { fakeWorld } from '../../fakes/world.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-env-'))
  path = join(folder, '.env')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const all: readonly (readonly [string, () => VariableFiles])[] = [
  ['of this machine', () => machineVariableFiles],
  ['in memory', () => fakeWorld().world.variableFiles],
]

describe.each(all)('files of variables, %s', (_, made) => {
  test('are read, replaced and removed; one that is not there is removed already', async () => {
    const files = made()
    expect(await files.text(path)).toBeUndefined()
    await files.replace(path, 'A=1\n')
    await files.replace(path, 'A=2\n')
    expect(await files.text(path)).toBe('A=2\n')
    await files.remove(path)
    await files.remove(path)
    expect(await files.text(path)).toBeUndefined()
  })
})

describe('files of variables of this machine', () => {
  test.each([0o600, 0o640, 0o664])('keep their mode %o', async (mode) => {
    await writeFile(path, 'A=1\n')
    await chmod(path, mode)
    await machineVariableFiles.replace(path, 'A=2\n')
    expect((await stat(path)).mode & 0o7777).toBe(mode)
  })

  test('that are links stay links: what they lead to is replaced', async () => {
    const real = join(folder, 'real.env')
    await writeFile(real, 'A=1\n')
    await symlink(real, path)
    await machineVariableFiles.replace(path, 'A=2\n')
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect(await readFile(real, 'utf8')).toBe('A=2\n')
  })

  test('that are no UTF-8 are not read: byte by byte they could not be put back', async () => {
    const failure = { code: 'VARIABLES_UNWRITTEN' }
    await writeFile(path, Buffer.from([0x41, 0x3d, 0xe4, 0x0a]))
    await expect(machineVariableFiles.text(path)).rejects.toMatchObject(failure)
    await writeFile(path, '\uFEFFA=ä\r\n')
    expect(await machineVariableFiles.text(path)).toBe('\uFEFFA=ä\r\n')
  })

  test('that are links to nowhere are not there, and not made either', async () => {
    const failure = { code: 'VARIABLES_UNWRITTEN' }
    await symlink(join(folder, 'nowhere.env'), path)
    await expect(machineVariableFiles.text(path)).rejects.toMatchObject(failure)
    await expect(machineVariableFiles.replace(path, 'A=1\n')).rejects.toMatchObject(failure)
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
  })

  test.runIf(process.getuid?.() === 0)(
    'keep owner, group and mode in a folder that gives its own group to what is made in it',
    async () => {
      await chown(folder, 0, 4711)
      await chmod(folder, 0o2755)
      await writeFile(path, 'A=1\n')
      await chown(path, 1234, 0)
      await chmod(path, 0o640)
      await machineVariableFiles.replace(path, 'A=2\n')
      const { uid, gid, mode } = await stat(path)
      expect([uid, gid, mode & 0o7777]).toEqual([1234, 0, 0o640])
    },
  )

  test('that cannot be read or written are told of: VARIABLES_UNWRITTEN', async () => {
    const failure = { code: 'VARIABLES_UNWRITTEN', exitCode: 1 }
    const nowhere = join(folder, 'missing', '.env')
    await expect(machineVariableFiles.replace(nowhere, '')).rejects.toMatchObject(failure)
    await symlink(path, path)
    await expect(machineVariableFiles.text(path)).rejects.toMatchObject(failure)
    await expect(machineVariableFiles.remove(nowhere)).rejects.toMatchObject(failure)
  })
})
