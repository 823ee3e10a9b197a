import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Place } from '../../../src/adapters/copies/s3Place.js'
import { machineClock } from '../../../src/adapters/host/clock.js'
import type { S3Place } from '../../../src/domain/copyPlace.js'
import { Secret } from '../../../src/domain/secret.js'
import { manifestFor } from '../../fakes/manifest.js'
import { startS3Server, type S3Server } from '../../support/s3Server.js'
import { impatient, plainSecrets } from './scenes.js'

const mebibyte = 1024 * 1024
const bytes = randomBytes(20 * mebibyte)
const id = 'medical-20261121T130204Z'
const manifest = manifestFor(id, bytes)
let server: S3Server

beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.remove())

const signal = new AbortController().signal
const calm = { signal, progress: () => undefined }
const placeWith = (changes: Partial<S3Place> = {}, clock = machineClock) =>
  s3Place(server.place(changes), { secrets: plainSecrets, clock }, impatient)
const source = (content: Buffer, of = manifest) => ({
  manifest: of,
  async *read() {
    for (let at = 0; at < content.length; at += 300_000)
      yield await Promise.resolve(content.subarray(at, at + 300_000))
  },
})
const openUploads = async (prefix: string) =>
  (await server.client.listMultipartUploads({ Bucket: server.bucket, Prefix: prefix })).Uploads ??
  []

const secret = (value: string) => ({ from: 'value' as const, value: new Secret(value) })

/** Brings one or two of three parts, and is cut off then: the file is not to be had beyond them. */
async function cutOff(changes: Partial<S3Place>, content = bytes): Promise<void> {
  const cut = new AbortController()
  const watch = {
    signal: cut.signal,
    progress: () => {
      cut.abort(new Error('cut off'))
    },
  }
  const whole = source(content)
  const broken = {
    ...whole,
    async *read() {
      let given = 0
      for await (const chunk of whole.read()) {
        if (given > 17 * mebibyte) await aborted(cut.signal)
        yield chunk
        given += chunk.length
      }
    },
  }
  await expect(placeWith(changes).put(broken, watch)).rejects.toThrow('cut off')
}

function aborted(cut: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      reject(cut.reason as Error)
    }
    if (cut.aborted) end()
    cut.addEventListener('abort', end)
  })
}

describe('an upload that was cut off', () => {
  test('goes on with the parts that are there, and leaves no unfinished upload', async () => {
    await cutOff({ prefix: 'resumed/' })
    expect(await openUploads('resumed/')).toHaveLength(1)
    const done = await placeWith({ prefix: 'resumed/' }).put(source(bytes), calm)
    expect(done.done).toBe('copied')
    expect(done.resumedBytes).toBeGreaterThanOrEqual(8 * mebibyte)
    expect(done.resumedBytes).toBeLessThan(bytes.length)
    expect(await openUploads('resumed/')).toEqual([])
    await expect(placeWith({ prefix: 'resumed/' }).verify(manifest, calm)).resolves.toBeUndefined()
  })

  test('sends every part again that is not the same, byte for byte', async () => {
    await cutOff({ prefix: 'other/' }, randomBytes(bytes.length))
    const done = await placeWith({ prefix: 'other/' }).put(source(bytes), calm)
    expect(done).toMatchObject({ done: 'copied', resumedBytes: 0 })
    await expect(placeWith({ prefix: 'other/' }).verify(manifest, calm)).resolves.toBeUndefined()
  })

  test('is given up after a week where it is ours, and never where it is not', async () => {
    const begin = (Key: string) =>
      server.client.createMultipartUpload({ Bucket: server.bucket, Key })
    await begin('old/medical/medical-20261101T020000Z.archive.gz')
    await begin('old/medical/holiday.mov')
    const put = (days: number) => {
      const now = () => new Date(Date.now() + days * 24 * 3600 * 1000)
      const name = `medical-2026112${days.toString()}T130204Z`
      const small = Buffer.from(`backup after ${days.toString()} days`)
      const place = placeWith({ prefix: 'old/' }, { ...machineClock, now })
      return place.put(source(small, manifestFor(name, small)), calm)
    }
    await put(6)
    expect(await openUploads('old/')).toHaveLength(2)
    await put(8)
    expect((await openUploads('old/')).map(({ Key }) => Key)).toEqual(['old/medical/holiday.mov'])
  })
})

describe('what the service says', () => {
  const wrong = (changes: Partial<S3Place>) =>
    placeWith({ prefix: 'wrong/', ...changes })
      .put(source(bytes), calm)
      .catch((error: unknown) => error)

  test('of a key it does not know, and of a wrong secret', async () => {
    const unknown = await wrong({ accessKeyId: secret('NOBODY') })
    expect(unknown).toMatchObject({ code: 'COPY_KEY_REFUSED', exitCode: 13 })
    const guessed = await wrong({ secretAccessKey: secret('k@n:a/r?y') })
    expect(guessed).toMatchObject({ code: 'COPY_KEY_REFUSED', exitCode: 13 })
    expect((guessed as Error).message).not.toContain('k@n:a/r?y')
  })

  test('of a bucket that is not there', async () => {
    expect(await wrong({ bucket: 'nowhere-at-all' })).toMatchObject({
      code: 'COPY_BUCKET_MISSING',
      exitCode: 13,
      message: expect.stringContaining('nowhere-at-all') as string,
    })
  })

  test('to somebody without rights', async () => {
    const { accessKeyId, secretAccessKey } = await server.stranger()
    const keys = { accessKeyId: secret(accessKeyId), secretAccessKey: secret(secretAccessKey) }
    expect(await wrong(keys)).toMatchObject({ code: 'COPY_DENIED', exitCode: 13 })
    await expect(placeWith(keys).probe(signal)).rejects.toMatchObject({ code: 'COPY_DENIED' })
  })

  test('when it is gone: nothing', async () => {
    expect(await wrong({ endpoint: 'http://127.0.0.1:9' })).toMatchObject({
      code: 'COPY_UNREACHABLE',
      exitCode: 13,
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
    expect(await wrong({ endpoint: 'http://no-such-host.invalid' })).toMatchObject({
      code: 'COPY_UNREACHABLE',
    })
  })
})

test('object lock and storage class are passed on', async () => {
  const bucket = `${server.bucket}-locked`
  await server.client.createBucket({ Bucket: bucket, ObjectLockEnabledForBucket: true })
  const small = Buffer.from('a backup that nobody may remove')
  const locked = manifestFor(id, small)
  const before = Date.now()
  await placeWith({
    bucket,
    storageClass: 'STANDARD',
    objectLock: { mode: 'governance', days: 30 },
  }).put(source(small, locked), calm)
  for (const name of [`${id}.archive.gz`, `${id}.json`, `${id}.sha256`]) {
    const { Retention } = await server.client.getObjectRetention({
      Bucket: bucket,
      Key: `ops/medical/${name}`,
    })
    expect(Retention?.Mode).toBe('GOVERNANCE')
    const days = ((Retention?.RetainUntilDate?.getTime() ?? 0) - before) / (24 * 3600 * 1000)
    expect(Math.round(days)).toBe(30)
  }
  await expect(placeWith({ bucket }).remove(locked, signal)).rejects.toMatchObject({
    code: 'COPY_LOCKED',
    kind: 'refused',
    message: expect.stringContaining('its lock until 20') as string,
  })
  const { entries, unfinished } = await placeWith({ bucket }).list('medical', signal)
  expect([entries, unfinished]).toEqual([[{ manifest: locked, present: true }], []])
})

test('a lock whose time is over keeps nothing from being removed', async () => {
  const bucket = `${server.bucket}-over`
  await server.client.createBucket({ Bucket: bucket, ObjectLockEnabledForBucket: true })
  const small = Buffer.from('a backup that nobody may remove for a second')
  const locked = manifestFor(id, small)
  const yesterday = { ...machineClock, now: () => new Date(Date.now() - 24 * 3600_000 + 4_000) }
  const lock = { bucket, objectLock: { mode: 'governance' as const, days: 1 } }
  await placeWith(lock, yesterday).put(source(small, locked), calm)
  const remove = () => placeWith({ bucket }).remove(locked, signal)
  await expect(remove()).rejects.toMatchObject({ code: 'COPY_LOCKED' })
  await delay(5_000)
  await expect(remove()).resolves.toBeUndefined()
  expect((await placeWith({ bucket }).list('medical', signal)).entries).toEqual([])
})

test('somebody without rights removes nothing', async () => {
  const small = Buffer.from('a backup')
  const there = manifestFor(id, small)
  await placeWith({ prefix: 'kept/' }).put(source(small, there), calm)
  const { accessKeyId, secretAccessKey } = await server.stranger()
  const keys = { accessKeyId: secret(accessKeyId), secretAccessKey: secret(secretAccessKey) }
  await expect(placeWith({ ...keys, prefix: 'kept/' }).remove(there, signal)).rejects.toMatchObject(
    {
      code: 'COPY_DENIED',
    },
  )
  expect((await placeWith({ prefix: 'kept/' }).list('medical', signal)).entries).toHaveLength(1)
})
