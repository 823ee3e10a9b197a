import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { made, readLock, removed, type Stored } from '../../../src/adapters/state/lockFile.js'
import { fileLocks } from '../../../src/adapters/state/locks.js'

let folder = ''
const host = machineHost('0.1.0')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-locks-'))
  await mkdir(join(folder, 'shelf', 'medical'), { recursive: true })
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** The locks of a user: a state folder of their own, the shelf of all. */
const of = (user: string) =>
  fileLocks(join(folder, user), machineClock, host, (target) => join(folder, 'shelf', target))

const onShelf = () => join(folder, 'shelf', 'medical', '.lock')

describe('two users with one shelf', () => {
  test('exclude each other, and see who holds the target', async () => {
    const held = await of('root').take('medical', 'backup')
    await expect(of('operator').take('medical', 'restore')).rejects.toMatchObject({
      code: 'TARGET_LOCKED',
      exitCode: 11,
    })
    expect(await of('operator').owner('medical')).toMatchObject({ command: 'backup' })
    await held.release()
    await (await of('operator').take('medical', 'restore')).release()
    expect(await readdir(join(folder, 'shelf', 'medical'))).toEqual([])
    expect(await readdir(join(folder, 'operator', 'locks'))).toEqual([])
  })

  test('take over from each other what a dead run left', async () => {
    const held = await of('root').take('medical', 'backup')
    const lock = JSON.parse(await readFile(onShelf(), 'utf8')) as object
    await held.release()
    await writeFile(onShelf(), JSON.stringify({ ...lock, process: { pid: 999_999 } }))
    const taken = await of('operator').take('medical', 'restore')
    expect(taken.reclaimed).toMatchObject({ command: 'backup' })
    await taken.release()
  })

  test('do without the second lock where there is no shelf, or a file in its place', async () => {
    await (await of('root').take('billing', 'backup')).release()
    await writeFile(join(folder, 'shelf', 'odd'), '')
    await (await of('root').take('odd', 'backup')).release()
    expect(await of('root').owner('odd')).toBeUndefined()
    await expect(readdir(join(folder, 'shelf', 'billing'))).rejects.toThrow('ENOENT')
  })
})

test('a lock that is fresh is never moved aside for one that was judged before', async () => {
  const path = join(folder, 'x.lock')
  const lock = (token: string): Stored => ({
    command: 'backup',
    pid: 1,
    host: 'db01',
    user: 'root',
    since: '2026-11-21T02:00:00.000Z',
    process: { pid: 1 },
    token,
  })
  await made(path, lock('fresh'))
  expect(await removed(path, lock('dead'), 'mine')).toBe(false)
  expect(await readLock(path)).toMatchObject({ token: 'fresh' })
  expect(await removed(path, lock('fresh'), 'mine')).toBe(true)
  expect(await readLock(path)).toBeUndefined()
})
