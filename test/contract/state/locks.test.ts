import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { fileLocks } from '../../../src/adapters/state/locks.js'
import { stateFailure } from '../../../src/adapters/state/stateFailure.js'
import { isGone, processIdentity } from '../../../src/adapters/state/processIdentity.js'
import type { Locks } from '../../../src/ports/locks.js'
import { fakeLocks } from '../../fakes/locks.js'

let folder = ''
const host = machineHost('0.1.0')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-state-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const real = () => fileLocks(folder, machineClock, host)

describe.each<[string, () => Locks]>([
  ['in memory', () => fakeLocks()],
  ['in files', real],
])('locks %s', (_name, make) => {
  test('are held by one, and free again after it lets go', async () => {
    const locks = make()
    const held = await locks.take('medical', 'backup')
    await expect(locks.take('medical', 'restore')).rejects.toMatchObject({
      code: 'TARGET_LOCKED',
      exitCode: 11,
    })
    expect(await locks.owner('medical')).toMatchObject({ command: 'backup' })
    expect(await locks.found('medical')).toMatchObject([
      { owner: { command: 'backup' }, gone: false },
    ])
    await held.release()
    expect(await locks.owner('medical')).toBeUndefined()
    expect(await locks.found('medical')).toEqual([])
    await (await locks.take('medical', 'restore')).release()
  })

  test('of different targets do not meet', async () => {
    const locks = make()
    await locks.take('medical', 'backup')
    await locks.take('billing', 'backup')
  })
})

/** Writes a lock as another process would have. */
async function foreignLock(changes: Record<string, unknown>) {
  const held = await real().take('medical', 'backup')
  const path = join(folder, 'locks', 'medical.lock')
  const lock = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  await held.release()
  await writeFile(path, JSON.stringify({ ...lock, token: 'theirs', ...changes }))
}

describe('what is left beside a lock', () => {
  test('by dead processes of this machine goes with the next lock; that of others stays', async () => {
    await (await real().take('medical', 'backup')).release()
    const mine = encodeURIComponent(host.name)
    const dead = [
      `medical.lock.${mine}.999999999-ab12`,
      `medical.lock.${mine}.999999999-ab12.stale`,
    ]
    const kept = [
      `medical.lock.${mine}.${process.ppid.toString()}-ab12`,
      'medical.lock.elsewhere.999999999-ab12',
      `billing.lock.${mine}.999999999-ab12`,
      `medical.lock.${mine}.notes`,
    ]
    for (const name of [...dead, ...kept]) await writeFile(join(folder, 'locks', name), '')
    await (await real().take('medical', 'backup')).release()
    expect((await readdir(join(folder, 'locks'))).sort()).toEqual(kept.sort())
  })
})

describe('a lock whose holder is gone', () => {
  test('is taken over, and the new holder is told from whom', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    await foreignLock({ pid: child.pid, process: { pid: child.pid } })
    const held = await real().take('medical', 'restore')
    expect(held.reclaimed).toMatchObject({ command: 'backup', pid: child.pid })
  })

  test('is taken over when its number was given to another process since', async () => {
    await foreignLock({ process: { ...(await processIdentity(process.pid)), startTicks: '1' } })
    expect((await real().take('medical', 'restore')).reclaimed).toBeDefined()
  })

  test('is taken over after the machine was started anew', async () => {
    await foreignLock({
      process: { ...(await processIdentity(process.pid)), bootId: 'another boot' },
    })
    expect((await real().take('medical', 'restore')).reclaimed).toBeDefined()
  })

  test('is taken over by exactly one of many', async () => {
    await foreignLock({ pid: 999_999, process: { pid: 999_999 } })
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => real().take('medical', 'backup')),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('a lock whose holder may be alive', () => {
  test('is left alone while the process runs', async () => {
    const child = spawn('sleep', ['60'])
    await foreignLock({ pid: child.pid, process: await processIdentity(child.pid ?? 0) })
    await expect(real().take('medical', 'restore')).rejects.toMatchObject({ code: 'TARGET_LOCKED' })
    child.kill()
  })

  test('is left alone when it is of another machine', async () => {
    await foreignLock({ host: `not-${hostname()}`, pid: 999_999, process: { pid: 999_999 } })
    await expect(real().take('medical', 'restore')).rejects.toMatchObject({
      code: 'TARGET_LOCKED',
      message: expect.stringContaining(`not-${hostname()}`) as string,
    })
  })

  test('is left alone when it is no lock of ops', async () => {
    await foreignLock({})
    await writeFile(join(folder, 'locks', 'medical.lock'), 'rubbish')
    await expect(real().take('medical', 'restore')).rejects.toMatchObject({ code: 'TARGET_LOCKED' })
  })

  test('is not released by one who does not hold it', async () => {
    const held = await real().take('medical', 'backup')
    await writeFile(join(folder, 'locks', 'medical.lock'), JSON.stringify({ token: 'theirs' }))
    await held.release()
    expect(await readFile(join(folder, 'locks', 'medical.lock'), 'utf8')).toContain('theirs')
  })
})

test('a state folder that cannot be made is named', async () => {
  await writeFile(join(folder, 'locks'), 'a file')
  await expect(real().take('medical', 'backup')).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    exitCode: 13,
  })
})

test('our own process is not gone', async () => {
  expect(await isGone((await processIdentity(process.pid)) ?? { pid: 0 })).toBe(false)
})

test('a state folder on a full disk is a matter of space', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  expect(stateFailure('/var/lib/ops', full)).toMatchObject({ code: 'STATE_FULL', exitCode: 14 })
  const away = Object.assign(new Error('ENOTCONN'), { code: 'ENOTCONN' })
  expect(stateFailure('/var/lib/ops', away)).toMatchObject({ code: 'STATE_UNWRITABLE' })
})
