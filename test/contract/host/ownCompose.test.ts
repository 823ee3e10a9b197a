import { chown, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineOwnCompose } from '../../../src/adapters/host/ownCompose.js'
import type { OwnCompose } from '../../../src/ports/ownCompose.js'
import { fakeWorld } from '../../fakes/world.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-own-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const all: readonly (readonly [string, () => OwnCompose])[] = [
  ['of this machine', () => machineOwnCompose],
  ['in memory', () => fakeWorld().world.ownCompose],
]

describe.each(all)("compose files of ops' own, %s", (_, made) => {
  test('are read, written over, and removed; one that is not there is removed already', async () => {
    const own = made()
    const path = join(folder, 'compose.ops.yml')
    expect(await own.text(path)).toBeUndefined()
    await own.write(path, 'services: {}\n')
    await own.write(path, 'services: {a: {}}\n')
    expect(await own.text(path)).toBe('services: {a: {}}\n')
    await own.publish(path, 'services: {b: {}}\n', folder)
    expect(await own.text(path)).toBe('services: {b: {}}\n')
    await own.remove(path)
    await own.remove(path)
    expect(await own.text(path)).toBeUndefined()
  })
})

describe("compose files of ops' own", () => {
  test('are read by nobody else: what a service runs may hold a password', async () => {
    const path = join(folder, 'compose.ops.yml')
    await machineOwnCompose.write(path, 'services: {}\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('without secrets are read by everybody, and belong to whom the others do', async () => {
    const [path, beside] = [join(folder, 'compose.ops.yml'), join(folder, 'compose.yml')]
    await writeFile(beside, 'services: {}\n')
    if (process.getuid?.() === 0) await chown(beside, 1234, 4711)
    const owner = await stat(beside)
    await machineOwnCompose.write(path, 'services: {}\n')
    await machineOwnCompose.publish(path, 'services: {}\n', beside)
    const { mode, uid, gid } = await stat(path)
    expect([mode & 0o777, uid, gid]).toEqual([0o644, owner.uid, owner.gid])
    await expect(
      machineOwnCompose.publish(path, '', join(folder, 'nowhere')),
    ).rejects.toMatchObject({ code: 'COMPOSE_FILE_UNWRITTEN' })
  })

  test('that cannot be read, written or removed are told of: COMPOSE_FILE_UNWRITTEN', async () => {
    const failure = { code: 'COMPOSE_FILE_UNWRITTEN', exitCode: 1 }
    const nowhere = join(folder, 'missing', 'compose.ops.yml')
    await expect(machineOwnCompose.write(nowhere, '')).rejects.toMatchObject(failure)
    await expect(machineOwnCompose.remove(nowhere)).rejects.toMatchObject(failure)
    const loop = join(folder, 'loop')
    await symlink(loop, loop)
    await expect(machineOwnCompose.text(loop)).rejects.toMatchObject(failure)
  })
})
