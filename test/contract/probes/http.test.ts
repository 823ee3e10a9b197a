import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ProbeOf } from '../../../src/domain/declared/probe.js'
import { makeCertificates, type Certificates } from '../../support/certificates.js'
import { calm, overAfter, plain, realProbes } from './machine.js'

const servers: Server[] = []
let certificates: Certificates

beforeAll(async () => {
  certificates = await makeCertificates()
})
afterAll(() => certificates.remove())
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listening(listener: RequestListener, server = createServer(listener)) {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port.toString()
}

const ask = (url: string, changes: Partial<ProbeOf['http']> = {}, signal = calm) =>
  realProbes().http({ url, method: 'GET', headers: {}, ...changes }, signal)

describe('an address', () => {
  test('answers with a status, and what is looked for in its body', async () => {
    const port = await listening((_, response) => {
      response.writeHead(203).end('state: ready\nqueue: 7\n')
    })
    const url = `http://127.0.0.1:${port}/`
    const pattern = (source: string) => ({ source, ignoreCase: false })
    expect(await ask(url)).toMatchObject({ answered: true, status: 203, redirects: false })
    const looked = await ask(url, { contains: 'ready', pattern: pattern('^queue: \\d$') })
    expect(looked).toMatchObject({ contains: true, matches: true })
    expect(await ask(url, { contains: 'READY', pattern: pattern('^7') })).toMatchObject({
      contains: false,
      matches: false,
    })
    expect(await ask(url, { pattern: { source: '^STATE', ignoreCase: true } })).toMatchObject({
      matches: true,
    })
  })

  test('that sends elsewhere is not followed, so that no header goes there', async () => {
    const heard: (string | undefined)[] = []
    const other = await listening((request, response) => {
      heard.push(request.headers.authorization)
      response.end()
    })
    const port = await listening((request, response) => {
      heard.push(request.headers.authorization)
      response.writeHead(302, { Location: `http://127.0.0.1:${other}/` }).end()
    })
    const headers = { Authorization: plain('Bearer f00d') }
    expect(await ask(`http://127.0.0.1:${port}/`, { headers })).toMatchObject({
      status: 302,
      redirects: true,
    })
    expect(heard).toEqual(['Bearer f00d'])
  })

  test('whose body never ends is read to a bound, and the connection closed', async () => {
    let sent = 0
    let closed = false
    const port = await listening((request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536, 'x'))) sent += 65_536
      }
      response.on('drain', more)
      request.on('close', () => (closed = true))
      more()
    })
    const endless = await ask(`http://127.0.0.1:${port}/`, { contains: 'the end' })
    expect(endless).toMatchObject({ contains: false, unread: 'it is longer than 1 MiB' })
    await expect.poll(() => closed).toBe(true)
    expect(sent).toBeLessThan(50_000_000)
  })

  test('whose body is compressed is not said to lack anything', async () => {
    const port = await listening((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(Buffer.from([31, 139]))
    })
    const answer = await ask(`http://127.0.0.1:${port}/`, { contains: 'ready' })
    expect(answer).toMatchObject({ contains: false, unread: 'it is compressed (gzip)' })
  })

  test('that hangs is left when the time is up', async () => {
    let closed = false
    const port = await listening((request) => {
      request.on('close', () => (closed = true))
    })
    await expect(ask(`http://127.0.0.1:${port}/`, {}, overAfter(100))).rejects.toThrow('time is up')
    await expect.poll(() => closed).toBe(true)
  })

  test('that is not there, or speaks something else, does not answer', async () => {
    expect(await ask('http://127.0.0.1:1/')).toMatchObject({ answered: false })
    const port = await listening(() => undefined)
    const other = await ask(`https://127.0.0.1:${port}/`)
    expect(other).toMatchObject({
      answered: false,
      because: expect.stringContaining('TLS') as string,
    })
  })

  test('is asked with no header of which nothing can be had', async () => {
    const headers = { 'X-Token': { from: 'file', path: '/nowhere' } } as const
    await expect(ask('http://127.0.0.1:1/', { headers })).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
    })
    const slow = { 'X-Token': { from: 'command', command: ['sleep', '30'] } } as const
    const late = ask('http://127.0.0.1:1/', { headers: slow }, overAfter(100))
    await expect(late).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE' })
    const broken = { 'X-Token': plain('f00d\r\nX-Evil: 1') }
    const error: unknown = await ask('http://127.0.0.1:1/', { headers: broken }).catch(
      (thrown: unknown) => thrown,
    )
    expect(String(error)).not.toContain('f00d')
  })
})

describe('a certificate', () => {
  async function secured() {
    const pem = await readFile(certificates.server, 'utf8')
    const listener: RequestListener = (_, response) => response.end('ok')
    return listening(listener, createSecureServer({ key: pem, cert: pem }, listener))
  }

  test('is accepted from who is trusted, for the name that is asked', async () => {
    const ca = join(certificates.folder, 'ca.pem')
    const port = await secured()
    expect(await ask(`https://localhost:${port}/`, { ca })).toMatchObject({ status: 200 })
    expect(await ask(`https://127.0.0.1:${port}/`, { ca })).toEqual({
      answered: false,
      because: 'its certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
    })
  })

  test('is verified whatever the environment says', async () => {
    const port = await secured()
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      expect(await ask(`https://localhost:${port}/`)).toMatchObject({ answered: false })
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })

  test('of an authority whose file cannot be read is no fault of the address', async () => {
    const unread = { code: 'CERTIFICATE_UNREADABLE', kind: 'environment' }
    await expect(ask('https://localhost:1/', { ca: '/nowhere' })).rejects.toMatchObject(unread)
    const key = join(certificates.folder, 'ca.key')
    await expect(ask('https://localhost:1/', { ca: key })).rejects.toMatchObject(unread)
  })
})
