import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/domain/manifest.js'
import { cleanUp } from '../support/cleanUp.js'
import { placeFor, startOps, type Ended, type Place } from '../support/cli.js'
import { configureBackup, wholeInFolder } from '../support/copiedPlace.js'
import { long } from '../support/faultPoints.js'
import { fillShelf } from '../support/filledShelf.js'
import { nothingSecret } from '../support/invariants.js'
import { remember, type Remembered } from '../support/remembered.js'
import { requestHurts, startS3Proxy, type RequestHurt, type S3Proxy } from '../support/s3Proxy.js'
import { startS3Server, type S3Server } from '../support/s3Server.js'

const clean = cleanUp()
let s3: S3Server
let proxy: S3Proxy
let place: Place
let before: Remembered
let ids: readonly string[]

beforeAll(async () => {
  s3 = clean.made(await startS3Server(), (made) => made.remove())
  proxy = clean.made(await startS3Proxy(s3.endpoint), (made) => made.remove())
  place = clean.made(
    await placeFor({ container: 'none', username: 'ops', password: 'x' }),
    (made) => made.remove(),
  )
  await writeFile(join(place.folder, 'secret'), s3.keys.secretAccessKey, { mode: 0o600 })
  await configureBackup(place, [
    'copies:',
    `  - {name: offsite, type: s3, endpoint: "${proxy.endpoint}", prefix: PREFIX, bucket: ${s3.bucket}, accessKeyId: "${s3.keys.accessKeyId}", secretAccessKey: {file: secret}, retention: {keepWithin: 1s, last: 1, daily: 0, weekly: 0, monthly: 0, minGood: 1}}`,
  ])
  ids = await fillShelf(place.shelf, 2, {
    changes: { collections: {} },
    content: randomBytes(100_000),
    kits: true,
  })
  before = clean.made(await remember(place.folder), (made) => made.forget())
}, 60_000)
afterAll(() => clean.all())

/** The place as it was, with an empty part of the bucket for itself. */
async function anew(): Promise<string> {
  await before.bringBack()
  const prefix = `visit-${randomBytes(4).toString('hex')}`
  const path = join(place.folder, 'ops.yaml')
  await writeFile(path, (await readFile(path, 'utf8')).replace('PREFIX', prefix))
  return prefix
}

async function run(argv: readonly string[], hurt?: Visit): Promise<Ended> {
  const running = startOps(place, argv)
  proxy.watch(hurt && { ...hurt, kill: () => running.kill('SIGKILL') })
  const { exitCode, stdout, stderr, signal } = await running
  if (hurt && (hurt.at < 1 || proxy.requests.length < hurt.at))
    throw new Error(`the run did not come to request ${hurt.at.toString()}: ${stdout}${stderr}`)
  return { exitCode: exitCode ?? (signal === 'SIGKILL' ? 137 : -1), stdout, stderr }
}

async function well(argv: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await run(argv)
  expect(exitCode, stdout + stderr).toBe(0)
}

/** Bytes of an object; nothing where there is none. */
async function bytesOf(Key: string): Promise<Buffer> {
  const object = await s3.client.getObject({ Bucket: s3.bucket, Key }).catch(() => undefined)
  return Buffer.from((await object?.Body?.transformToByteArray()) ?? [])
}

/** Names below a prefix. */
async function namesAt(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3.client.listObjectsV2({
    Bucket: s3.bucket,
    Prefix: `${prefix}/`,
  })
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1)).sort()
}

/** Whatever has a manifest in the bucket is whole, byte for byte. Returns the ids. */
async function wholeAt(prefix: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await namesAt(prefix)) {
    if (!name.endsWith('.json')) continue
    const { id, file, sha256, kit } = JSON.parse(
      (await bytesOf(`${prefix}/${name}`)).toString(),
    ) as Manifest
    const hashOf = async (each: string) =>
      createHash('sha256')
        .update(await bytesOf(`${prefix}/medical/${each}`))
        .digest('hex')
    expect(await hashOf(file), file).toBe(sha256)
    if (kit) expect(await hashOf(kit.file), kit.file).toBe(kit.sha256)
    found.push(id)
  }
  return found.sort()
}

/** The bucket holds these copies with all that belongs to them, and nothing half-done. */
async function exactlyAt(prefix: string, copies: readonly string[]): Promise<void> {
  const endings = ['archive.gz', 'json', 'kit.tar', 'sha256']
  const files = copies.flatMap((id) => endings.map((ending) => `medical/${id}.${ending}`))
  expect(await namesAt(prefix)).toEqual(['RESTORE.md', 'medical/RESTORE.md', ...files].sort())
  expect(await wholeAt(prefix)).toEqual([...copies].sort())
  const uploads = await s3.client.listMultipartUploads({ Bucket: s3.bucket })
  expect((uploads.Uploads ?? []).filter(({ Key = '' }) => Key.startsWith(prefix))).toEqual([])
}

interface Visit {
  readonly at: number
  readonly how: RequestHurt
}

/** Each request with each hurt; in the short form the first of each kind. Tells every one after which something did not hold. */
async function eachRequest(
  requests: readonly string[],
  short: readonly (readonly [kind: RegExp, how: RequestHurt])[],
  visit: (hurt: Visit) => Promise<void>,
): Promise<readonly string[]> {
  const all = requests.flatMap((_, at) => requestHurts.map((how) => ({ at: at + 1, how })))
  const few = short.map(([kind, how]) => ({
    at: 1 + requests.findIndex((each) => kind.test(each)),
    how,
  }))
  const broken: string[] = []
  for (const hurt of long ? all : few) {
    try {
      await visit(hurt)
    } catch (error) {
      broken.push(`${hurt.how} ${hurt.at.toString()}: ${String(error)}`)
    }
  }
  return broken
}

/** Killed; or told why, and what a moment heals has healed. The backups on the shelf are as good as they were. */
async function endedWell({ exitCode, stdout }: Ended, how: RequestHurt): Promise<void> {
  expect(await wholeInFolder(place.shelf)).toEqual([...ids].sort())
  if (how.startsWith('killed')) {
    expect(exitCode).toBe(137)
    return
  }
  expect(how === 'broken' ? [0] : [0, 3, 14], stdout).toContain(exitCode)
  if (exitCode !== 0) expect(stdout).toContain('"code":"COPY_FULL"')
}

const copyAll = ['backup', 'copy', '--all', '--json']

describe('a request to a bucket that goes wrong', () => {
  test('anywhere in a copy: what the bucket lists is whole, and the next run completes it', async () => {
    const copy = ['backup', 'copy', ids[0] ?? '', '--json']
    await anew()
    await well(copy)
    const requests = [...proxy.requests]
    expect(requests.length).toBeGreaterThan(10)
    const short = [
      [/^POST .*uploadId=/, 'killed after'],
      [/^PUT .*\.json\?/, 'full'],
    ] as const
    const broken = await eachRequest(requests, short, async (hurt) => {
      const prefix = await anew()
      const ended = await run(copy, hurt)
      nothingSecret(ended)
      await endedWell(ended, hurt.how)
      const listed = await wholeAt(prefix)
      if (ended.exitCode === 0) expect(listed).toEqual([ids[0]])
      await well([...copy, '--verify'])
      await exactlyAt(prefix, ids.slice(0, 1))
    })
    expect(broken).toEqual([])
  }, 3_600_000)

  test('anywhere in a prune: what is to stay is whole, and the next run ends it', async () => {
    const prune = ['backup', 'prune', '--confirm', 'medical', '--accept', 'many', '--json']
    await anew()
    await well(copyAll)
    await well(prune)
    const requests = [...proxy.requests]
    expect(requests.filter((each) => each.startsWith('DELETE')).length).toBeGreaterThan(3)
    const short = [
      [/^DELETE .*\.archive\.gz/, 'killed before'],
      [/^DELETE .*\.json/, 'broken'],
    ] as const
    const broken = await eachRequest(requests, short, async (hurt) => {
      const prefix = await anew()
      await well(copyAll)
      const ended = await run(prune, hurt)
      nothingSecret(ended)
      await endedWell(ended, hurt.how)
      expect(await wholeAt(prefix)).toContain(ids[0])
      await well(prune)
      await exactlyAt(prefix, ids.slice(0, 1))
    })
    expect(broken).toEqual([])
  }, 3_600_000)
})
