import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BackupEntry, BackupList } from '../../../src/cli/backupEntries.js'
import type { Pruned } from '../../../src/cli/pruneBackups.js'
import type { CopyResult } from '../../../src/procedures/copies/copyBackups.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { fillShelf } from '../../support/filledShelf.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { startS3Server, type S3Server } from '../../support/s3Server.js'

const clean = cleanUp()
let mongo: MongoServer
let s3: S3Server
let place: Place
let ids: readonly string[]

beforeAll(async () => {
  s3 = clean.made(await startS3Server(), (made) => made.remove())
  mongo = clean.made(await startMongoServer(), (made) => made.remove())
  await loadPatients(mongo.client, 200)
  place = clean.made(await placeFor(mongo), (made) => made.remove())
  const path = join(place.folder, 'ops.yaml')
  await writeFile(join(place.folder, 'secret'), s3.keys.secretAccessKey, { mode: 0o600 })
  const keep = (last: number) =>
    `{keepWithin: 1s, last: ${last.toString()}, daily: 0, weekly: 0, monthly: 0, minGood: 1}`
  const text = await readFile(path, 'utf8')
  await writeFile(
    path,
    text.replace(
      'backup:',
      `backup:
  retention: ${keep(3)}
  copies:
    - {name: usb, type: directory, path: ./usb, requireMount: false}
    - {name: offsite, type: s3, endpoint: "${s3.endpoint}", prefix: db01, accessKeyId: "${s3.keys.accessKeyId}", secretAccessKey: {file: secret}, bucket: ${s3.bucket}, retention: ${keep(2)}}`,
    ),
  )
  ids = await fillShelf(place.shelf, 5, { changes: { collections: {} } })
})
afterAll(() => clean.all())

const inFolder = async () =>
  (await readdir(join(place.folder, 'usb/medical')))
    .filter((name) => name.startsWith('medical-'))
    .sort()
const inBucket = async () =>
  (
    (await s3.client.listObjectsV2({ Bucket: s3.bucket, Prefix: 'db01/medical/medical-' }))
      .Contents ?? []
  ).map(({ Key = '' }) => Key.slice('db01/medical/'.length))
const filesOf = (kept: readonly string[], endings: readonly string[]) =>
  kept.flatMap((id) => endings.map((ending) => `${id}.${ending}`)).sort()
const plain = ['archive.gz', 'json', 'sha256']

describe('copies in a folder and in a bucket', () => {
  test('are judged by what lies there, each by its own policy, and nothing goes in a dry run', async () => {
    const copied = await ops(place, ['backup', 'copy', '--all', '--json'])
    expect(answerOf<CopyResult>(copied).result.copies).toHaveLength(10)
    const dry = await ops(place, ['backup', 'prune', '--dry-run', '--json'])
    const [pruned] = answerOf<Pruned>(dry).result.targets
    const going = pruned?.places.map(({ verdicts }) =>
      verdicts.flatMap(({ id, keep }) => (keep ? [] : [id])),
    )
    expect(going).toEqual([ids.slice(3), ids.slice(2)])
    expect(await inFolder()).toEqual(filesOf(ids, plain))
    expect(await inBucket()).toEqual(filesOf(ids, plain))
  })

  test('are pruned after a backup, with the shelf; what else lies there stays', async () => {
    await writeFile(join(place.folder, 'usb/medical/notes.txt'), 'of somebody else')
    await s3.client.putObject({ Bucket: s3.bucket, Key: 'db01/medical/notes.txt', Body: 'x' })
    const { id } = answerOf<BackupEntry>(await ops(place, ['backup', '--json'])).result
    const [newest = '', second = ''] = ids
    const endings = [...plain, 'kit.tar']
    expect(await inFolder()).toEqual(
      [...filesOf([newest, second], plain), ...filesOf([id], endings)].sort(),
    )
    expect(await inBucket()).toEqual(
      [...filesOf([newest], plain), ...filesOf([id], endings)].sort(),
    )
    expect(await readdir(join(place.folder, 'usb/medical'))).toContain('notes.txt')
    const listed = answerOf<BackupList>(await ops(place, ['backup', 'list', '--json'])).result
    expect(
      listed.backups.map(({ copies }) => copies.map(({ to, state }) => `${to} ${state}`)),
    ).toEqual([
      ['usb ok', 'offsite ok'],
      ['usb ok', 'offsite ok'],
      ['usb ok', 'offsite removed'],
    ])
    const kit = `${id}.kit.tar`
    const made = await readFile(join(place.shelf, kit))
    expect(await readFile(join(place.folder, 'usb/medical', kit))).toEqual(made)
    const { Body } = await s3.client.getObject({ Bucket: s3.bucket, Key: `db01/medical/${kit}` })
    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(made)
    expect(await readdir(join(place.folder, 'usb'))).toContain('RESTORE.md')
    // What the policy of a place has removed is not brought there again.
    const again = answerOf<CopyResult>(
      await ops(place, ['backup', 'copy', '--all', '--json']),
    ).result
    expect(again.copies.map(({ state }) => state)).toEqual(Array(5).fill('there'))
  })

  test('in a bucket that is gone stop nothing else: exit 3, and the next run makes up for it', async () => {
    await fillShelf(place.shelf, 4, {
      newest: Date.now() - 40 * 86_400_000,
      changes: { collections: {} },
    })
    await ops(place, ['backup', 'copy', '--all'])
    await s3.kill()
    const argv = ['backup', 'prune', '--accept', 'clock', '--confirm', 'medical', '--json']
    const { exitCode, stdout } = await ops(place, argv)
    expect(exitCode, stdout).toBe(3)
    const { error } = JSON.parse(stdout) as { error: { code: string; facts: Pruned } }
    expect(error.code).toBe('COPY_UNREACHABLE')
    expect(error.facts.targets[0]).toMatchObject({
      places: [
        { place: 'usb', failure: null },
        { place: 'offsite', removed: [] },
      ],
    })
    expect(error.facts.targets[0]?.removed).toHaveLength(4)
    expect(error.facts.targets[0]?.places[0]?.removed).toHaveLength(4)
    await s3.start()
    const made = answerOf<Pruned>(await ops(place, argv)).result.targets[0]
    expect(made?.places.map(({ removed }) => removed.length)).toEqual([0, 4])
    expect(await inBucket()).toHaveLength(7)
  })
})
