import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../src/adapters/host/clock.js'
import { machineHost } from '../../src/adapters/host/host.js'
import { fileLocks } from '../../src/adapters/state/locks.js'
import type { Manifest } from '../../src/domain/manifest.js'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { fillShelf } from '../support/filledShelf.js'
import { until } from '../support/waiting.js'

const retention =
  '{keepWithin: 1s, last: 0, daily: 7, weekly: 0, monthly: 0, minGood: 3, trash: 7d}'
const day = 86_400_000
let place: Place

/** Pruning asks no server: there is none. */
beforeEach(async () => {
  place = await placeFor({ container: 'none', username: 'ops', password: 'x' })
  await configure(retention)
})
afterEach(async () => {
  await place.remove()
})

async function configure(text: string): Promise<void> {
  const path = join(place.folder, 'ops.yaml')
  const yaml = await readFile(path, 'utf8')
  await writeFile(
    path,
    yaml.replace(/backup:\n {2}shelf: .*\n( {2}retention: .*\n)?/, (found) => {
      const shelf = found.split('\n')[1] ?? ''
      return `backup:\n${shelf}\n  retention: ${text}\n`
    }),
  )
}

interface Listed {
  readonly id: string
  readonly present: boolean
  readonly trust: string
}

async function listed(env: Record<string, string> = {}): Promise<readonly Listed[]> {
  const { stdout } = await ops(place, ['backup', 'list', '--json'], { env })
  return (JSON.parse(stdout) as { result: { backups: Listed[] } }).result.backups
}

const trashed = async (shelf = place.shelf) =>
  (await readdir(join(shelf, '.trash')).catch((): string[] => []))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -5))

const prune = (...more: readonly string[]) =>
  ops(place, ['backup', 'prune', '--confirm', 'medical', '--json', ...more])

async function rewrite(id: string, changes: Partial<Manifest>): Promise<void> {
  const path = join(place.shelf, `${id}.json`)
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest
  await writeFile(path, JSON.stringify({ ...manifest, ...changes }))
}

describe('a prune that is killed', () => {
  test.each([0, 1, 150, 299])(
    'after %i of 300 were moved leaves each backup whole or gone, and the next run completes it',
    async (moved) => {
      const ids = await fillShelf(place.shelf, 307)
      const argv = ['backup', 'prune', '--confirm', 'medical', '--accept', 'many', '--json']
      const running = startOps(place, argv)
      await until(async () => {
        const names = await readdir(join(place.shelf, '.trash')).catch((): string[] => [])
        return (
          names.some((name) => name.startsWith('.removed')) && (await trashed()).length >= moved
        )
      }, 30_000)
      running.kill('SIGKILL')
      await running

      const before = await listed()
      expect(before.every(({ present }) => present)).toBe(true)
      expect(before.map(({ id }) => id).slice(0, 7)).toEqual(ids.slice(0, 7))
      expect([...before.map(({ id }) => id), ...(await trashed())].sort()).toEqual([...ids].sort())

      const next = await prune('--accept', 'many')
      expect(next.exitCode, next.stdout).toBe(0)
      expect((await listed()).map(({ id }) => id)).toEqual(ids.slice(0, 7))
      await execa('sh', ['-c', 'sha256sum --quiet -c *.sha256'], { cwd: place.shelf })
      await execa('sh', ['-c', 'cat *.sha256 | sha256sum --quiet -c'], {
        cwd: join(place.shelf, '.trash'),
      })
      // What the killed run moved and what the next one moved can both be brought back.
      const receipts = await readdir(join(place.state, 'receipts'))
      for (const name of receipts) await ops(place, ['undo', name.slice(0, -5)])
      expect((await listed()).filter(({ present }) => present)).toHaveLength(307)
    },
  )
})

describe('a prune that cannot', () => {
  test('write on a full disk moves nothing: exit 14', async () => {
    const disk = await mkdtemp(join(tmpdir(), 'ops-disk-'))
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', disk])
    try {
      const shelf = join(disk, 'medical')
      const ids = await fillShelf(shelf, 9)
      await execa('sh', ['-c', `cat /dev/zero > ${join(disk, 'ballast')}`], { reject: false })
      const env = { OPS_SHELF: disk }
      const { exitCode, stdout } = await ops(
        place,
        ['backup', 'prune', '--confirm', 'medical', '--json'],
        { env },
      )
      expect(exitCode, stdout).toBe(14)
      // Even the lock beside the backups does not fit any more.
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'STATE_FULL' } })
      expect((await listed(env)).map(({ id, present }) => [id, present])).toEqual(
        ids.map((id) => [id, true]),
      )
      await rm(join(disk, 'ballast'))
      const again = await ops(place, ['backup', 'prune', '--confirm', 'medical'], { env })
      expect(again.exitCode, again.stderr).toBe(0)
      expect((await trashed(shelf)).sort()).toEqual(ids.slice(7).sort())
    } finally {
      await execa('umount', [disk], { reject: false })
      await rm(disk, { recursive: true, force: true })
    }
  })

  test('have the target, because a restore has it: exit 11, naming who', async () => {
    await fillShelf(place.shelf, 9)
    const locks = fileLocks(place.state, machineClock, machineHost('0'), () => place.shelf)
    const held = await locks.take('medical', 'restore')
    const { exitCode, stdout } = await prune()
    expect(exitCode).toBe(11)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TARGET_LOCKED' } })
    expect(stdout).toContain('restore')
    await held.release()
    expect(await listed()).toHaveLength(9)
  })
})

describe('a clock that is wrong', () => {
  test('put back two hours: the sequence decides, what lies in the future stays, and the run asks first', async () => {
    const ids = await fillShelf(place.shelf, 9, { newest: Date.now() + 2 * 3_600_000 })
    const refused = await prune()
    expect(refused.exitCode).toBe(6)
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'PRUNE_CLOCK_JUMPED' } })
    expect(await listed()).toHaveLength(9)
    expect((await prune('--accept', 'clock')).exitCode).toBe(0)
    expect((await listed()).map(({ id }) => id)).toContain(ids[0])
  })

  test('42 days ahead: nothing goes until somebody has looked', async () => {
    await fillShelf(place.shelf, 9, { newest: Date.now() - 42 * day })
    const refused = await prune()
    expect(refused.exitCode).toBe(6)
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { code: 'PRUNE_CLOCK_JUMPED', facts: { alarms: [{ accept: 'clock' }] } },
    })
    expect(await listed()).toHaveLength(9)
    expect((await prune('--accept', 'clock')).exitCode).toBe(0)
    expect(await listed()).toHaveLength(7)
  })
})

describe('backups that cannot be relied on', () => {
  test('where all newer ones are bad, the last good one stays, and no bad one takes a place', async () => {
    const ids = await fillShelf(place.shelf, 12)
    for (const id of ids.slice(0, 10)) await rewrite(id, { trust: 'damaged' })
    const { exitCode, stdout } = await prune('--accept', 'many')
    expect(exitCode, stdout).toBe(0)
    const left = (await listed()).filter(({ trust }) => trust === 'sound')
    expect(left.map(({ id }) => id)).toEqual(ids.slice(10))
  })

  test('the last good one is not deleted by its name either: exit 6', async () => {
    const [id = '', other = ''] = await fillShelf(place.shelf, 2)
    await rewrite(other, { trust: 'unverified' })
    const { exitCode, stdout } = await ops(place, [
      'backup',
      'delete',
      id,
      '--confirm',
      'medical',
      '--json',
    ])
    expect(exitCode).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'LAST_GOOD_BACKUP' } })
    expect(await listed()).toHaveLength(2)
  })
})

test.each([
  ['below zero', '{daily: -1}'],
  ['that keeps nothing good', '{minGood: 0}'],
  ['with a misspelt key', '{dayly: 7}'],
  ['of no time', '{keepWithin: 0d}'],
])('a retention %s is refused before anything is looked at: exit 2', async (_, text) => {
  await fillShelf(place.shelf, 9)
  await configure(text)
  expect((await prune()).exitCode).toBe(2)
  expect(await readdir(place.shelf)).toHaveLength(27)
})
