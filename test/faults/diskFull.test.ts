import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place
let disk: string

/** A real file system of 160 MB, so that "full" is what the kernel says. */
beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 60_000, 2_000)
  place = await placeFor(server)
  disk = await mkdtemp(join(tmpdir(), 'ops-disk-'))
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0700', 'tmpfs', disk])
})
afterAll(async () => {
  await execa('umount', [disk], { reject: false })
  await rm(disk, { recursive: true, force: true })
  await place.remove()
  await server.remove()
})

const withDisk = () => ({ env: { OPS_SHELF: disk } })

describe('a shelf whose disk is full', () => {
  test('before anything is written: refused with both figures, exit 14', async () => {
    await execa('fallocate', ['-l', '120m', join(disk, 'ballast')])
    const { exitCode, stdout } = await ops(place, ['backup', '--json'], withDisk())
    expect(exitCode).toBe(14)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'SHELF_TOO_SMALL', facts: { freeBytes: expect.any(Number) as number } },
    })
    await rm(join(disk, 'ballast'))
  })

  test('in the middle of a backup: exit 14, nothing half-written is left, the older backup is untouched', async () => {
    const first = await ops(place, ['backup', '--json'], withDisk())
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    const folder = join(disk, 'medical')
    const before = (await readdir(folder)).sort()

    const running = startOps(place, ['backup', '--json'], withDisk())
    await until(
      async () => (await readdir(folder)).some((name) => name.endsWith('.partial')),
      10_000,
    )
    running.kill('SIGSTOP')
    const { stdout: free } = await execa('df', ['--output=avail', '--block-size=1', disk])
    const available = Number(free.split('\n')[1])
    await execa('fallocate', ['-l', (available - 8192).toString(), join(disk, 'ballast')])
    running.kill('SIGCONT')
    const { exitCode, stdout } = await running

    expect(exitCode, stdout).toBe(14)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SHELF_FULL' } })
    expect((await readdir(folder)).sort()).toEqual(before)
    const verified = await ops(place, ['backup', 'verify', '--json'], withDisk())
    expect(verified.exitCode).toBe(0)
    await rm(join(disk, 'ballast'))
  })

  test('a shelf that this user may not write to', async () => {
    const readOnly = await mkdtemp(join(tmpdir(), 'ops-readonly-'))
    await execa('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', readOnly])
    const { exitCode, stdout } = await ops(place, ['backup', '--json'], {
      env: { OPS_SHELF: readOnly },
    })
    expect(exitCode).toBe(13)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SHELF_UNWRITABLE' } })
    await execa('umount', [readOnly])
    await rm(readOnly, { recursive: true })
  })
})
