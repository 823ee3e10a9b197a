import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BackupEntry } from '../../src/cli/backupEntries.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { failsBothWays } from '../support/failing.js'
import { loadImages, startMongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

const clean = cleanUp()
let place: Place
let disk: string
let id: string

/** A backup of some 100 MB, and a disk for its copies that is there and not there as the tests want it. */
beforeAll(async () => {
  const server = clean.made(await startMongoServer(), (made) => made.remove())
  await loadImages(server.client, 100)
  disk = clean.made(await mkdtemp(join(tmpdir(), 'ops-copies-')), (made) =>
    rm(made, { recursive: true, force: true }),
  )
  const changes = `backup: {shelf: ./shelf, compression: {level: 1}, copies: [{name: usb, type: directory, path: ${disk}}]}`
  place = clean.made(await placeFor(server, ''), (made) => made.remove())
  await rewrite(place, changes)
})
afterAll(async () => {
  await unmount()
  await clean.all()
})

async function rewrite({ folder }: Place, backup: string): Promise<void> {
  const path = join(folder, 'ops.yaml')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('backup:\n  shelf: ./shelf\n', `${backup}\n`))
}

const mount = (...options: string[]) =>
  execa('mount', ['-t', 'tmpfs', '-o', ['mode=0700', ...options].join(), 'tmpfs', disk])
const unmount = () => execa('umount', [disk], { reject: false })
const shown = async () =>
  answerOf<BackupEntry>(await ops(place, ['backup', 'show', '--json'])).result

describe('the disk of a place for copies', () => {
  test('that is not mounted: the backup is good, exit 3, and nothing is written under its mount point', async () => {
    const { stdout, exitCode } = await ops(place, ['backup', '--json'])
    expect(exitCode, stdout).toBe(3)
    const { error } = JSON.parse(stdout) as { error: { facts: { backup: string } } }
    id = error.facts.backup
    expect(error).toMatchObject({ code: 'COPY_NOT_MOUNTED', kind: 'partial' })
    expect(await readdir(disk)).toEqual([])
    expect(await shown()).toMatchObject({
      id,
      trust: 'sound',
      present: true,
      copies: [{ to: 'usb', state: 'failed' }],
    })
    await failsBothWays(
      place,
      ['backup', 'copy'],
      { exitCode: 13, code: 'COPY_NOT_MOUNTED' },
      {
        inTurn: true,
      },
    )
  })

  test('that is too small: refused with both figures before anything is written, exit 14', async () => {
    await mount('size=20m')
    const { error } = await failsBothWays(
      place,
      ['backup', 'copy', id],
      { exitCode: 14, code: 'COPY_FULL' },
      { inTurn: true },
    )
    expect(error.facts).toMatchObject({
      copies: [{ id, to: 'usb', state: 'failed', failure: { code: 'COPY_FULL' } }],
    })
    expect(await readdir(join(disk, 'medical'))).toEqual([])
    await unmount()
  })

  test('that fills up in the middle: exit 14, no partial file is left, the backup is untouched', async () => {
    const { bytes } = await shown()
    await mount(`size=${(bytes + 24 * 1024 * 1024).toString()}`)
    const running = startOps(place, ['backup', 'copy', '--json'])
    const folder = join(disk, 'medical')
    const begun = async () =>
      (await readdir(folder).catch(() => [])).some((name) => name.endsWith('.partial'))
    expect(await until(begun, 20_000)).toBe(true)
    running.kill('SIGSTOP')
    const { stdout: free } = await execa('df', ['--output=avail', '--block-size=1', disk])
    await execa('fallocate', [
      '-l',
      (Number(free.split('\n')[1]) - 8192).toString(),
      `${disk}/ballast`,
    ])
    running.kill('SIGCONT')
    const { exitCode, stdout } = await running
    expect(exitCode, stdout).toBe(14)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'COPY_FULL' } })
    expect(await readdir(folder)).toEqual([])
    expect((await ops(place, ['backup', 'verify', id, '--quiet'])).exitCode).toBe(0)
    await unmount()
  })

  test('that is killed in the middle: the next run removes what was left, and brings the copy', async () => {
    const { bytes } = await shown()
    await mount(`size=${(bytes * 2 + 24 * 1024 * 1024).toString()}`)
    const folder = join(disk, 'medical')
    const running = startOps(place, ['backup', 'copy'])
    const begun = async () =>
      (await readdir(folder).catch(() => [])).some((name) => name.endsWith('.partial'))
    expect(await until(begun, 20_000)).toBe(true)
    running.kill('SIGKILL')
    await running
    const [left, ...rest] = await readdir(folder)
    expect(left).toMatch(/\.archive\.gz\.\d+-\d+@.*\.partial$/)
    expect(rest).toEqual([])
    const brought = await ops(place, ['backup', 'copy', '--json'])
    expect(answerOf(brought).result).toMatchObject({ copies: [{ id, state: 'copied', to: 'usb' }] })
    expect((await readdir(folder)).sort()).toEqual(
      [
        'RESTORE.md',
        ...['archive.gz', 'json', 'kit.tar', 'sha256'].map((ending) => `${id}.${ending}`),
      ].sort(),
    )
    await execa('sha256sum', ['-c', `${id}.sha256`], { cwd: folder })
    expect(
      answerOf(await ops(place, ['backup', 'copy', '--verify', '--json'])).result,
    ).toMatchObject({
      copies: [{ state: 'there', because: 'read back to its end: its SHA-256 agrees' }],
    })
    expect((await shown()).copies).toMatchObject([{ to: 'usb', state: 'ok' }])
    await unmount()
  })

  test('that may not be written to: exit 13', async () => {
    await mount('ro')
    await failsBothWays(
      place,
      ['backup', 'copy'],
      { exitCode: 13, code: 'COPY_UNWRITABLE' },
      { inTurn: true },
    )
    await unmount()
  })
})
