import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { calm, plain, realProbes } from './machine.js'

const pages = [
  { keys: { 'in/': '2026-11-21T13:00:00.000Z', 'in/a': '2026-11-21T10:00:00.000Z' }, next: 'two' },
  { keys: { 'in/b': '2026-11-21T12:00:00.000Z', 'in/c': '2026-11-21T11:00:00.000Z' } },
]
const asked: (string | null)[] = []

/** A service that lists in pages, as every service does with many objects. */
const service = createServer((request, response) => {
  const token = new URL(request.url ?? '', 'http://x').searchParams.get('continuation-token')
  asked.push(token)
  const { keys, next } = pages[token === null ? 0 : 1] ?? { keys: {} }
  const contents = Object.entries(keys).map(
    ([key, at]) =>
      `<Contents><Key>${key}</Key><LastModified>${at}</LastModified><Size>1</Size></Contents>`,
  )
  const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<ListBucketResult>${more}${contents.join('')}</ListBucketResult>`)
})

beforeAll(() => new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  service.closeAllConnections()
  service.close()
})

test('the newest object is that of all pages, whatever their order', async () => {
  const { port } = service.address() as AddressInfo
  const bucket = {
    bucket: 'hospital',
    prefix: 'in/',
    endpoint: `http://127.0.0.1:${port.toString()}`,
    region: 'us-east-1',
    forcePathStyle: true,
    accessKeyId: plain('id'),
    secretAccessKey: plain('key'),
  }
  expect(await realProbes().freshness({ kind: 'objects', bucket }, calm)).toEqual({
    found: 3,
    newest: '2026-11-21T12:00:00.000Z',
    unseen: 0,
  })
  expect(asked).toEqual([null, 'two'])
})
