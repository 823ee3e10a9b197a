import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { s3Place } from '../../../src/adapters/copies/s3Place.js'
import { machineClock } from '../../../src/adapters/host/clock.js'
import type { S3Place } from '../../../src/domain/copyPlace.js'
import { Secret } from '../../../src/domain/secret.js'
import { cleanUp } from '../../support/cleanUp.js'
import { manifestFor } from '../../fakes/manifest.js'
import { impatient, plainSecrets } from './scenes.js'

const clean = cleanUp()
const { signal } = new AbortController()

afterEach(() => clean.all())

/** A service that answers as it is told to: what no real one can be made to say on demand. */
async function scripted(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  changes: Partial<S3Place> = {},
) {
  let count = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      answer(request, response, (count += 1))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  clean.made(server, async (made) => {
    made.closeAllConnections()
    await new Promise((resolve) => made.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const secret = { from: 'value' as const, value: new Secret('k@n:a/r?y') }
  const settings: S3Place = {
    name: 'offsite',
    type: 's3',
    bucket: 'hospital',
    endpoint: `http://127.0.0.1:${port.toString()}`,
    region: 'us-east-1',
    prefix: '',
    accessKeyId: secret,
    secretAccessKey: secret,
    forcePathStyle: true,
    ...changes,
  }
  const place = s3Place(settings, { secrets: plainSecrets, clock: machineClock }, impatient)
  return { place, asked: () => count }
}

function refuse(response: ServerResponse, status: number, code: string, message = 'no'): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
}

const empty = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'

describe('a service', () => {
  test('that is busy for a moment is asked again', async () => {
    const { place, asked } = await scripted((_, response, count) => {
      if (count < 3) refuse(response, 503, 'SlowDown')
      else response.end(empty)
    })
    expect(await place.list('medical', signal)).toEqual({
      entries: [],
      unreadable: [],
      unfinished: [],
    })
    expect(asked()).toBe(3)
  })

  test.each([
    [503, 'SlowDown', 'COPY_UNREACHABLE', 13, 3],
    [500, 'InternalError', 'COPY_UNREACHABLE', 13, 3],
    [403, 'RequestTimeTooSkewed', 'COPY_CLOCK_SKEW', 13, 1],
    [403, 'AccessDenied', 'COPY_DENIED', 13, 1],
    [403, 'ExpiredToken', 'COPY_KEY_REFUSED', 13, 1],
    [507, 'InsufficientStorage', 'COPY_FULL', 14, 3],
    [400, 'QuotaExceeded', 'COPY_FULL', 14, 1],
    [400, 'MalformedXML', 'COPY_REFUSED', 1, 1],
  ])('that answers %i %s: %s, exit %i', async (status, word, code, exitCode, times) => {
    const { place, asked } = await scripted((_, response) => {
      refuse(response, status, word)
    })
    await expect(place.list('medical', signal)).rejects.toMatchObject({ code, exitCode })
    expect(asked()).toBe(times)
  })

  test('that keeps a copy in an archive class says so', async () => {
    const { place } = await scripted((_, response) => {
      refuse(response, 403, 'InvalidObjectState')
    })
    const manifest = manifestFor('medical-20261121T130204Z', Buffer.from('x'))
    await expect(
      place.verify(manifest, { signal, progress: () => undefined }),
    ).rejects.toMatchObject({ code: 'COPY_FROZEN', exitCode: 13 })
  })

  test('that lists what is no manifest is heard out', async () => {
    const listing = `<ListBucketResult><IsTruncated>false</IsTruncated>
      <Contents><Key>medical/medical-20261121T130204Z.json</Key><Size>1</Size></Contents>
      <Contents><Key>medical/../../etc/passwd.json</Key><Size>1</Size></Contents></ListBucketResult>`
    const { place } = await scripted((request, response) => {
      response.end(request.url?.includes('list-type') === true ? listing : '{')
    })
    expect(await place.list('medical', signal)).toMatchObject({
      entries: [],
      unreadable: [{ reason: 'it is not JSON' }],
    })
  })
})

describe('a line that breaks while a copy is read', () => {
  const bytes = randomBytes(100_000)
  const manifest = manifestFor('medical-20261121T130204Z', bytes)
  const headers = { etag: '"one"', 'accept-ranges': 'bytes' }

  test('is taken up where it broke, from the same version of the object', async () => {
    const ranges: unknown[] = []
    const { place } = await scripted((request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(String(request.headers.range))?.[1] ?? 0)
      ranges.push([request.headers.range, request.headers['if-match']])
      response.writeHead(from === 0 ? 200 : 206, {
        ...headers,
        'content-length': bytes.length - from,
      })
      const until = Math.min(from + 40_000, bytes.length)
      response.write(bytes.subarray(from, until), () => {
        if (until === bytes.length) response.end()
        else setTimeout(() => response.destroy(), 20)
      })
    })
    const parts: Uint8Array[] = []
    for await (const chunk of place.read(manifest, signal)) parts.push(chunk)
    expect(Buffer.concat(parts)).toEqual(bytes)
    expect(ranges).toEqual([
      [undefined, undefined],
      ['bytes=40000-', '"one"'],
      ['bytes=80000-', '"one"'],
    ])
  })

  test('again and again without a byte is a failure', async () => {
    const { place } = await scripted((_, response) => {
      response.writeHead(200, { ...headers, 'content-length': bytes.length })
      response.flushHeaders()
      setTimeout(() => response.destroy(), 5)
    })
    await expect(
      place.verify(manifest, { signal, progress: () => undefined }),
    ).rejects.toMatchObject({ code: 'COPY_UNREACHABLE' })
  })
})
