import { chmod, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
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

  test('that cannot be read or written are told of: VARIABLES_UNWRITTEN', async () => {
    const failure = { code: 'VARIABLES_UNWRITTEN', exitCode: 1 }
    const nowhere = join(folder, 'missing', '.env')
    await expect(machineVariableFiles.replace(nowhere, '')).rejects.toMatchObject(failure)
    await symlink(path, path)
    await expect(machineVariableFiles.text(path)).rejects.toMatchObject(failure)
    await expect(machineVariableFiles.remove(nowhere)).rejects.toMatchObject(failure)
  })
})
