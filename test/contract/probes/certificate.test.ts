import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer as createSecureServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, type Certificates } from '../../support/certificates.js'
import { calm, overAfter, realProbes } from './machine.js'

let certificates: Certificates
let port: number
const silent = createServer()
const server = createSecureServer((socket) => socket.on('error', () => undefined))

beforeAll(async () => {
  certificates = await makeCertificates()
  const pem = await readFile(certificates.server, 'utf8')
  server.setSecureContext({ key: pem, cert: pem })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  server.close()
  silent.close()
  await certificates.remove()
})

const shown = (name: string, ca?: string, at = port, signal = calm) =>
  realProbes().certificate(
    { kind: 'address', host: '127.0.0.1', port: at, name, ...(ca === undefined ? {} : { ca }) },
    signal,
  )
const inFile = (path: string) => realProbes().certificate({ kind: 'file', path }, calm)

describe('a certificate that an address shows', () => {
  test('is trusted, bears the name, and has its end', async () => {
    const facts = await shown('localhost', certificates.ca)
    expect(facts).toMatchObject({ answered: true, named: true })
    expect(facts).not.toHaveProperty('untrusted')
    const { until } = facts as { until: string }
    const days = (Date.parse(until) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(1.9)
    expect(days).toBeLessThan(2.1)
  })

  test('is told apart from one that nobody vouches for, and from one for another name', async () => {
    const untrusted = await shown('localhost')
    expect(untrusted).toMatchObject({ named: true, untrusted: expect.any(String) as string })
    const misnamed = await shown('shop.example', certificates.ca)
    expect(misnamed).toMatchObject({ named: false })
    expect(misnamed).not.toHaveProperty('untrusted')
  })

  test('is not there where nobody listens, or nobody speaks TLS', async () => {
    expect(await shown('localhost', undefined, 1)).toMatchObject({ answered: false })
    const mute = (silent.address() as AddressInfo).port
    await expect(shown('localhost', undefined, mute, overAfter(100))).rejects.toThrow('time is up')
  })
})

describe('a certificate in a file', () => {
  test('has its end', async () => {
    const facts = await inFile(certificates.server)
    expect(facts).toMatchObject({ answered: true, of: 'its own' })
    expect(facts).not.toHaveProperty('named')
  })

  test.each(['ca.key', 'nowhere', '.'])('that is %s cannot be looked at', async (name) => {
    await expect(inFile(join(certificates.folder, name))).rejects.toMatchObject({
      code: 'CERTIFICATE_UNREADABLE',
    })
  })
})
