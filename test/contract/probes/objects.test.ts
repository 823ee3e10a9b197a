import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startS3Server, type S3Server } from '../../support/s3Server.js'
import { calm, plain, realProbes } from './machine.js'

let server: S3Server

beforeAll(async () => {
  server = await startS3Server()
  // What stands for a folder has no content: some services refuse any.
  const put = (Key: string) =>
    server.client.putObject({ Bucket: server.bucket, Key, Body: Key.endsWith('/') ? '' : 'x' })
  for (const key of ['landing/', 'landing/a.parquet', 'landing/b/c.parquet', 'other/d.parquet'])
    await put(key)
})
afterAll(() => server.remove())

const newest = (prefix: string, changes: object = {}) => {
  const { accessKeyId, secretAccessKey } = server.keys
  const bucket = {
    bucket: server.bucket,
    prefix,
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    accessKeyId: plain(accessKeyId),
    secretAccessKey: plain(secretAccessKey),
    ...changes,
  }
  return realProbes().freshness({ kind: 'objects', bucket }, calm)
}

describe('the newest object', () => {
  test('is one below the prefix, and not what stands for a folder', async () => {
    const facts = await newest('landing/')
    expect(facts).toMatchObject({ found: 2, unseen: 0 })
    expect(Math.abs(Date.parse(facts.newest ?? '') - Date.now())).toBeLessThan(60_000)
    expect(await newest('nothing/')).toEqual({ found: 0, newest: null, unseen: 0 })
  })

  test('cannot be told with a key that is refused, or from a bucket that is not there', async () => {
    await expect(newest('', { secretAccessKey: plain('wrong') })).rejects.toMatchObject({
      code: 'COPY_KEY_REFUSED',
      next: ['ops config show'],
    })
    await expect(newest('', { bucket: 'not-there' })).rejects.toMatchObject({
      code: 'COPY_BUCKET_MISSING',
    })
  })
})
