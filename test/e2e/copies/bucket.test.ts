import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BackupEntry, BackupList } from '../../../src/cli/backupEntries.js'
import type { CopyResult } from '../../../src/procedures/copies/copyBackups.js'
import type { RestoreResult } from '../../../src/procedures/restore/restore.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, startOps, type Place } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import {
  hashOf,
  loadImages,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { startS3Server, type S3Keys, type S3Server } from '../../support/s3Server.js'
import { until } from '../../support/waiting.js'

const clean = cleanUp()
let mongo: MongoServer
let s3: S3Server
let place: Place
let id = ''

beforeAll(async () => {
  s3 = clean.made(await startS3Server(), (made) => made.remove())
  mongo = clean.made(await startMongoServer(), (made) => made.remove())
  await loadPatients(mongo.client, 2_000)
  await loadImages(mongo.client, 160)
  place = clean.made(await placeFor(mongo), (made) => made.remove())
  await copyTo(place)
})
afterAll(() => clean.all())

/** Names the bucket in ops.yaml; the key comes from the environment, its secret from a file. */
async function copyTo({ folder }: Place, more = '', keys: S3Keys = s3.keys): Promise<void> {
  const path = join(folder, 'ops.yaml')
  await writeFile(join(folder, 'secret'), keys.secretAccessKey, { mode: 0o600 })
  const entry = `{name: offsite, type: s3, endpoint: "${s3.endpoint}", prefix: db01, accessKeyId: "${keys.accessKeyId}", secretAccessKey: {file: secret}, bucket: ${s3.bucket}}`
  const text = (await readFile(path, 'utf8')).replace(/\n {2}copies: .*/, '')
  const changed = more === '' ? entry : entry.replace(`bucket: ${s3.bucket}`, more)
  await writeFile(path, text.replace('backup:', `backup:\n  copies: [${changed}]`))
}

/** Parts that an unfinished upload has so far. */
async function partsThere(): Promise<number> {
  const { Uploads = [] } = await s3.client.listMultipartUploads({ Bucket: s3.bucket })
  const [upload] = Uploads
  if (upload?.Key === undefined || upload.UploadId === undefined) return 0
  const at = { Bucket: s3.bucket, Key: upload.Key, UploadId: upload.UploadId }
  const { Parts = [] } = await s3.client.listParts(at).catch(() => ({ Parts: [] }))
  return Parts.length
}

const copied = async () =>
  answerOf<CopyResult>(await ops(place, ['backup', 'copy', '--json'])).result.copies[0]

describe('a copy in a bucket', () => {
  test('that cannot be brought: the backup is good all the same, exit 3', async () => {
    await copyTo(place, 'bucket: nowhere-at-all')
    const { exitCode, stdout, stderr } = await ops(place, ['backup', '--json'])
    expect(exitCode, stdout + stderr).toBe(3)
    const { error } = JSON.parse(stdout) as { error: { facts: { backup: string } } }
    id = error.facts.backup
    expect(error).toMatchObject({ kind: 'partial', code: 'COPY_BUCKET_MISSING' })
    const { result } = answerOf<BackupEntry>(await ops(place, ['backup', 'show', '--json']))
    expect(result).toMatchObject({
      id,
      trust: 'sound',
      present: true,
      copies: [{ to: 'offsite', state: 'failed' }],
    })
    await copyTo(place)
  })

  test('whose upload is killed (SIGKILL) goes on with the parts that are there', async () => {
    const running = startOps(place, ['backup', 'copy'])
    expect(await until(async () => (await partsThere()) > 1, 30_000)).toBe(true)
    running.kill('SIGKILL')
    await running
    expect(
      answerOf<BackupList>(await ops(place, ['backup', 'list', '--from', 'offsite', '--json'])),
    ).toMatchObject({ result: { backups: [] } })

    const resumed = startOps(place, ['backup', 'copy', '--json'])
    expect(await until(async () => (await partsThere()) > 4, 30_000)).toBe(true)
    await s3.kill()
    const { exitCode, stdout } = await resumed
    expect(exitCode, stdout).toBe(13)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'COPY_UNREACHABLE', message: expect.stringContaining('127.0.0.1') as string },
    })

    await s3.start()
    const copy = await copied()
    expect(copy).toMatchObject({ id, to: 'offsite', state: 'copied' })
    expect(copy?.resumedBytes).toBeGreaterThanOrEqual(2 * 8 * 1024 * 1024)
    expect(copy?.resumedBytes).toBeLessThan(copy?.bytes ?? 0)
    expect(await partsThere()).toBe(0)
    expect(await copied()).toMatchObject({ state: 'there' })
  })

  test('is read back to its end where it is asked for', async () => {
    const ended = await ops(place, ['backup', 'copy', '--verify', '--json'])
    expect(answerOf<CopyResult>(ended).result.copies).toMatchObject([
      { state: 'there', because: 'read back to its end: its SHA-256 agrees' },
    ])
    const list = await ops(place, ['backup', 'list'])
    expect(list.stdout).toContain('\toffsite\n'.trimEnd())
  })

  test('is what doctor counts: three copies, but a service on this machine is not elsewhere', async () => {
    const { stdout } = await ops(place, ['doctor', '--json'])
    const { result } = JSON.parse(stdout) as {
      result: { checks: { id: string; severity: string; value?: unknown }[] }
    }
    const found = (name: string) => result.checks.find((check) => check.id === name)
    expect(found('copies.offsite')).toMatchObject({ severity: 'ok', value: { elsewhere: false } })
    expect(found('medical.copies')).toMatchObject({
      severity: 'warn',
      value: { id, copies: 3, elsewhere: 0 },
    })
  })

  test('is all that a new machine needs: empty shelf, empty server, equal hash', async () => {
    const other = clean.made(await startMongoServer(), (made) => made.remove())
    const empty = clean.made(await placeFor(other), (made) => made.remove())
    await copyTo(empty)
    const listed = await ops(empty, ['backup', 'list', '--from', 'offsite', '--json'])
    expect(answerOf<BackupList>(listed).result.backups).toMatchObject([{ id, present: true }])
    const argv = ['restore', '--from', 'offsite', '--confirm', 'medical', '--json']
    const restored = answerOf<RestoreResult>(await ops(empty, argv)).result
    expect(restored).toMatchObject({
      id,
      collections: { 'medical_records.images': { documents: 160, expected: 160 } },
    })
    expect(await hashOf(other.client)).toBe(await hashOf(mongo.client))
    // What was brought for it is gone again.
    expect((await readdir(empty.shelf)).filter((name) => !name.startsWith('.'))).toEqual([])
    await failsBothWays(
      empty,
      ['restore', 'medical-20200101T000000Z', '--from', 'offsite', '--confirm', 'medical'],
      { exitCode: 10, code: 'BACKUP_NOT_FOUND' },
    )
  })
})

describe('a bucket that cannot be used', () => {
  const fails = async (code: string) => {
    const { error } = await failsBothWays(
      place,
      ['backup', 'copy'],
      { exitCode: 13, code },
      { inTurn: true },
    )
    await failsBothWays(place, ['backup', 'list', '--from', 'offsite'], { exitCode: 13, code })
    return error
  }

  test('because of a wrong key or secret, which nobody gets to see', async () => {
    const canary = 'k@n:a/r?y'
    await copyTo(place, '', { ...s3.keys, secretAccessKey: canary })
    expect(JSON.stringify(await fails('COPY_KEY_REFUSED'))).not.toContain(canary)
    const { stdout, stderr } = await ops(place, ['backup', 'copy', '--verbose'])
    expect(stdout + stderr).not.toContain(canary)
    await copyTo(place, '', { ...s3.keys, accessKeyId: 'NOBODY' })
    await fails('COPY_KEY_REFUSED')
  })

  test('because it is not there', async () => {
    await copyTo(place, 'bucket: nowhere-at-all')
    expect((await fails('COPY_BUCKET_MISSING')).message).toContain('nowhere-at-all')
  })

  test('because the key has no rights', async () => {
    await copyTo(place, '', await s3.stranger())
    await fails('COPY_DENIED')
  })

  test('because the service is gone', async () => {
    await copyTo(place)
    await s3.kill()
    expect((await fails('COPY_UNREACHABLE')).message).toContain('ECONNREFUSED')
    const { stdout } = await ops(place, ['doctor', '--json'])
    const { result } = JSON.parse(stdout) as { result: { checks: { id: string }[] } }
    expect(result.checks.find((check) => check.id === 'copies.offsite')).toMatchObject({
      severity: 'fail',
      value: { code: 'COPY_UNREACHABLE' },
    })
    await s3.start()
  })
})
