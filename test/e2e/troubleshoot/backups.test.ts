import { mkdir, open, readdir, readFile, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../../src/domain/manifest.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { referenceStack, type ReferenceStack } from '../../support/referenceStack.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { changed, clockAhead, healthOf, linesOf } from './found.js'
import { asked, using } from './ward.js'

const prefix = `opsbaks${process.pid.toString()}`
const made = cleanUp()
const day = 86_400_000
let stack: ReferenceStack
let usb: string

async function done(...argv: readonly string[]): Promise<void> {
  const ended = await ops(stack, argv)
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}

/** The newest backup, and where its papers and its file lie. */
async function newest(): Promise<{ manifest: Manifest; paper: string; file: string }> {
  const { stdout } = await ops(stack, ['backup', 'list', '--json'])
  const { result } = JSON.parse(stdout) as { result: { backups: { id: string }[] } }
  const id = result.backups[0]?.id ?? ''
  const paper = join(stack.shelf, `${id}.json`)
  const manifest = JSON.parse(await readFile(paper, 'utf8')) as Manifest
  return { manifest, paper, file: join(stack.shelf, manifest.file) }
}

/** A shelf on a small file system of its own, a place for copies, and a server with few documents. */
beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  usb = join(stack.folder, 'usb')
  await mkdir(usb)
  const disk = join(stack.folder, 'backups')
  await mkdir(disk)
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=0700', 'tmpfs', disk])
  made.made(undefined, () => execa('umount', [disk]))
  const yaml = join(stack.folder, 'ops.yaml')
  const copies = `shelf: ./backups\n  copies: [{name: usb, type: directory, path: ${usb}, requireMount: false}]`
  await changed(yaml, 'shelf: ./backups', copies)
  await changed(yaml, 'pitr: { enabled: true }', 'pitr: { enabled: false }')
  await done('stack', 'up')
  await using(`${prefix}_mongodb`, async (client) => {
    const records = client.db('medical_records')
    await records.collection('patients').insertMany(Array.from({ length: 20 }, (_, n) => ({ n })))
    for (const path of ['patient_info.name', 'billing.billing_amount'])
      await records.collection('healthcare_data').createIndexes([{ key: { [path]: 1 } }])
  })
}, 120_000)
afterAll(() => made.all(), 60_000)

describe('backups, each fault for real', () => {
  test('none at all, then one that is too old; a new one cures both', async () => {
    const none = await healthOf(stack)
    expect([none.exitCode, none.bad['backup:medical:age']]).toEqual([5, 'fail'])
    expect((await asked(stack, 'stale')).causes).toEqual(['no-good-backup'])

    const before = await clockAhead(stack, -3 * day)
    const taken = await ops(stack, ['backup', '--json'], before)
    expect(taken.exitCode, taken.stdout + taken.stderr).toBe(0)
    const { file, manifest } = await newest()
    const then = new Date(manifest.takenAt)
    expect(Date.now() - then.getTime()).toBeGreaterThan(2 * day)
    await utimes(file, then, then)
    const old = await healthOf(stack)
    expect([old.exitCode, old.bad['backup:medical:age']]).toEqual([5, 'fail'])
    expect((await asked(stack, 'stale')).causes).toEqual(['backup-too-old'])

    await done('backup', '--json')
    await done('backup', '--json')
    await done('backup', 'test-restore', '--json')
    expect((await asked(stack, 'stale')).exitCode).toBe(0)
  }, 120_000)

  test('nothing at all is wrong: three lines, exit code 0, nothing that applies', async () => {
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad]).toEqual([0, {}])
    expect(await linesOf(stack)).toHaveLength(3)
    const all = await asked(stack)
    expect([all.exitCode, all.causes]).toEqual([0, []])
  }, 90_000)

  test('its file is gone, and comes back', async () => {
    const { file } = await newest()
    await rename(file, `${file}.away`)
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['backup:medical:age']]).toEqual([4, 'warn'])
    expect((await asked(stack, 'stale')).causes).toEqual(['backup-file-missing'])
    await rename(`${file}.away`, file)
    expect((await healthOf(stack)).bad).toEqual({})
  }, 90_000)

  test('nobody ever read it; reading it cures that', async () => {
    const { paper, manifest } = await newest()
    await changed(paper, `"trust": "${manifest.trust}"`, '"trust": "unverified"')
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['backup:medical:age']]).toEqual([4, 'warn'])
    expect((await asked(stack, 'stale')).causes).toEqual(['backup-unverified'])
    await done('backup', 'verify', manifest.id)
    expect((await asked(stack, 'stale')).exitCode).toBe(0)
  }, 90_000)

  test('its copy is gone; copying it cures that', async () => {
    const { manifest } = await newest()
    for (const name of await readdir(usb, { recursive: true }))
      if (name.includes(manifest.id)) await rm(join(usb, name), { force: true, recursive: true })
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['backup:medical:copies']]).toEqual([4, 'warn'])
    expect((await asked(stack, 'stale')).causes).toEqual(['copy-missing'])
    await done('backup', 'copy', '--target', 'medical')
    expect((await healthOf(stack)).bad).toEqual({})
    expect((await asked(stack, 'stale')).exitCode).toBe(0)
  }, 90_000)

  test('the place for copies cannot be looked at: nobody calls its copies good', async () => {
    await rename(usb, `${usb}.away`)
    await execa('touch', [usb])
    const { exitCode, bad } = await healthOf(stack)
    expect(exitCode).not.toBe(0)
    expect(bad['backup:medical:copies']).toBe('unknown')
    const { exitCode: code, causes, clear } = await asked(stack)
    expect(code).not.toBe(0)
    expect(causes).not.toContain('copy-missing')
    expect(clear).not.toContain('access')
    await rm(usb)
    await rename(`${usb}.away`, usb)
    expect((await healthOf(stack)).bad).toEqual({})
  }, 90_000)

  test('there is no room on the shelf', async () => {
    const ballast = join(stack.folder, 'backups/ballast')
    await execa('fallocate', ['-l', '170m', ballast])
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad]).toEqual([5, { 'disk:shelf': 'fail' }])
    const { causes } = await asked(stack)
    expect(causes).toEqual(['shelf-disk-full'])
    await rm(ballast)
    expect((await asked(stack, 'disk')).exitCode).toBe(0)
  }, 90_000)

  test('bytes of it are flipped: first that somebody wrote to it, once it is read that it is damaged', async () => {
    const { file, manifest } = await newest()
    // A clock of a disk may be ten seconds ahead.
    await sleep(Math.max(0, Date.parse(manifest.judgedAt) + 11_000 - Date.now()))
    const handle = await open(file, 'r+')
    await handle.write(Buffer.from('damaged'), 0, 7, Math.floor(manifest.bytes / 2))
    await handle.close()
    const found = await healthOf(stack)
    expect([found.exitCode, found.bad]).toEqual([4, { 'backup:medical:trust': 'warn' }])
    const { symptoms, causes } = await asked(stack, 'stale')
    expect(causes).toEqual(['backup-changed'])
    expect(only(symptoms, 'backup-changed')).toMatchObject({
      severity: 'unknown',
      candidates: [
        { cause: 'backup-damaged', needs: expect.stringContaining('verify') as string },
        { cause: 'copied-without-times' },
      ],
    })
    expect((await ops(stack, ['backup', 'verify', manifest.id])).exitCode).toBe(12)
    expect((await healthOf(stack)).bad['backup:medical:age']).toBe('warn')
    expect((await asked(stack, 'stale')).causes).toEqual(['backup-damaged'])
    await done('backup', '--json')
    expect((await asked(stack, 'stale')).exitCode).toBe(0)
    expect((await healthOf(stack)).bad).toEqual({})
  }, 60_000)
})
