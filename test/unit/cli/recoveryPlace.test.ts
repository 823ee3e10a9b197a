import { describe, expect, test } from 'vitest'
import { recoveryPlace } from '../../../src/cli/recoveryPlace.js'

const keys = { AWS_ACCESS_KEY_ID: 'who', AWS_SECRET_ACCESS_KEY: 'word' }
const around = (env: Record<string, string> = {}) => ({
  env,
  cwd: '/nowhere/at/all',
  home: '/root',
})

describe('where a place is', () => {
  test('a folder, from where one stands', async () => {
    expect(await recoveryPlace({ from: 'copy' }, around())).toEqual({
      name: 'copy',
      type: 'directory',
      path: '/nowhere/at/all/copy',
      requireMount: false,
    })
  })

  test('a bucket with a prefix, its service and keys out of the usual variables', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL: 'https://s3.example.org', AWS_REGION: 'eu-1' }
    const place = await recoveryPlace({ from: 's3://backups/a/b/' }, around(env))
    expect(place).toMatchObject({
      bucket: 'backups',
      prefix: 'a/b/',
      endpoint: 'https://s3.example.org',
      region: 'eu-1',
      forcePathStyle: true,
    })
    const flags = { from: 's3://backups', endpoint: 'http://127.0.0.1:9', region: 'here' }
    expect(await recoveryPlace(flags, around(env))).toMatchObject({
      prefix: '',
      endpoint: 'http://127.0.0.1:9',
      region: 'here',
    })
    expect(await recoveryPlace({ from: 's3://backups' }, around(keys))).toMatchObject({
      region: 'us-east-1',
      forcePathStyle: false,
    })
  })

  test.each(['', 'https://s3.example.org/backups', 's3://'])('not %j', async (from) => {
    await expect(recoveryPlace({ from }, around(keys))).rejects.toMatchObject({
      code: 'PLACE_UNCLEAR',
      exitCode: 2,
    })
  })

  test('a bucket without its keys', async () => {
    await expect(recoveryPlace({ from: 's3://backups' }, around())).rejects.toMatchObject({
      code: 'S3_KEYS_MISSING',
      exitCode: 2,
    })
  })
})
