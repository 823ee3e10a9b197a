import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { httpDeadman } from '../../../src/adapters/schedule/deadman.js'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'
import type { Secrets } from '../../../src/ports/secrets.js'

/** The secret part of the address: it must turn up in no sentence. */
const token = 'f00d-cafe'
const calm = new AbortController().signal
let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** A switch on this machine: `answer` is a status, or nothing for one that hangs. */
async function listening(answer: number | undefined) {
  const heard: { method: string; url: string; body: string }[] = []
  const listener = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      heard.push({ method: request.method ?? '', url: request.url ?? '', body })
      if (answer !== undefined) response.writeHead(answer).end('OK')
    })
  })
  server = listener
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return { heard, address: `http://127.0.0.1:${port.toString()}/${token}` }
}

function switchAt(address: string, limit = 10_000) {
  const secrets: Pick<Secrets, 'resolve'> = {
    resolve: (reference) =>
      reference.from === 'value'
        ? Promise.resolve(reference.value)
        : Promise.reject(new Failure('usage', 'SECRET_UNAVAILABLE', 'no such file', [])),
  }
  return httpDeadman({ from: 'value', value: new Secret(address) }, secrets, limit)
}

/** Fails, and says so without the address. */
async function fails(address: string, sentence: RegExp, limit?: number) {
  const error: unknown = await switchAt(address, limit)
    .tell('success', '', calm)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'DEADMAN_UNREACHED', exitCode: 13 })
  const { message, facts, next } = error as Failure
  expect(message).toMatch(sentence)
  expect(JSON.stringify([message, facts, next])).not.toContain(token)
}

describe("a dead man's switch", () => {
  test('hears of start, success and failure at its addresses, with the note', async () => {
    const { heard, address } = await listening(200)
    const deadman = switchAt(`${address}/?region=eu\n`)
    await deadman.tell('start', '', calm)
    await deadman.tell('success', 'exit code 0', calm)
    await deadman.tell('fail', 'exit code 13 MONGO_UNREACHABLE', calm)
    expect(heard).toEqual([
      { method: 'POST', url: `/${token}/start?region=eu`, body: '' },
      { method: 'POST', url: `/${token}?region=eu`, body: 'exit code 0' },
      { method: 'POST', url: `/${token}/fail?region=eu`, body: 'exit code 13 MONGO_UNREACHABLE' },
    ])
  })

  test('that answers with an error was not reached', async () => {
    const { address } = await listening(500)
    await fails(address, /it answers 500/)
  })

  test('that hangs is given up on', async () => {
    const { address } = await listening(undefined)
    await fails(address, /no answer within 0\.2 s/, 200)
  })

  test('that is down was not reached', async () => {
    const { address } = await listening(200)
    server?.close()
    await fails(address, /ECONNREFUSED/)
  })

  test.each(['ftp://x/f00d-cafe', 'f00d-cafe', 'https://', ''])('at %j has no address', (address) =>
    fails(address, /no address that starts with/),
  )

  test('is left at once when the run is over', async () => {
    const { address } = await listening(undefined)
    const over = new AbortController()
    const telling = switchAt(address).tell('start', '', over.signal)
    over.abort(new Error('the run is over'))
    await expect(telling).rejects.toThrow('the run is over')
  })

  test('whose address cannot be fetched says why', async () => {
    const { resolve } = {
      resolve: () => Promise.reject(new Failure('usage', 'SECRET_UNAVAILABLE', 'no such file', [])),
    }
    const deadman = httpDeadman({ from: 'file', path: '/nowhere' }, { resolve })
    await expect(deadman.tell('start', '', calm)).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
    })
  })
})
