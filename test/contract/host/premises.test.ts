import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listeningIn } from '../../../src/adapters/host/listeners.js'
import { thesePremises } from '../../../src/adapters/host/premises.js'

describe('this machine as a place', () => {
  test.each(['127.0.0.1', '::1', '0.0.0.0'])('tells who listens on %s', async (host) => {
    const server = createServer()
    server.listen(0, host)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await thesePremises.listeners(port)).toMatchObject([{ address: host, pid: process.pid }])
    server.close()
    await once(server, 'close')
    expect(await thesePremises.listeners(port)).toEqual([])
  })

  test('tells whether a port can be had, and whether somebody answers there', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await thesePremises.isFree('127.0.0.1', port)).toBe(false)
    expect(await thesePremises.answers('127.0.0.1', port, 1000)).toBe(true)
    server.close()
    await once(server, 'close')
    expect(await thesePremises.isFree('127.0.0.1', port)).toBe(true)
    expect(await thesePremises.isFree('', port)).toBe(true)
    expect(await thesePremises.isFree('192.0.2.1', port)).toBe(false)
    expect(await thesePremises.answers('127.0.0.1', port, 1000)).toBe(false)
  })

  test('tells the process that listens, not the one that asks', async () => {
    const program = `const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`
    const child = spawn(process.execPath, ['-e', program])
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    expect(await thesePremises.listeners(Number(line.toString()))).toMatchObject([
      { pid: child.pid },
    ])
    child.kill()
    await once(child, 'exit')
  })

  test('tells the room of what is not there yet by what is above it', async () => {
    const { freeBytes, totalBytes } = await thesePremises.space(join(tmpdir(), 'not/there/yet'))
    expect(freeBytes).toBeGreaterThan(0)
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
    expect(await thesePremises.addresses()).toContain('127.0.0.1')
  })

  test('tells what a file takes of its disk, not how long it is, and nothing of one that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-premises-'))
    const path = join(folder, 'container.log')
    await writeFile(path, Buffer.alloc(1_000_000, 7))
    const full = (await thesePremises.fileBytes(path)) ?? 0
    expect(full).toBeGreaterThanOrEqual(1_000_000)
    await truncate(path, 1_000_000_000)
    expect(await thesePremises.fileBytes(path)).toBeLessThan(10_000_000)
    expect(await thesePremises.fileBytes(join(path, 'beneath'))).toBeUndefined()
    await rm(folder, { recursive: true })
    expect(await thesePremises.fileBytes(path)).toBeUndefined()
  })
})

describe('a table of sockets', () => {
  const heading =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
  const row = (address: string, state: string) =>
    `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4242 1`

  test('names those that listen on the port, not those that are connected, nor other ports', () => {
    const table = [
      heading,
      row('0100007F:6989', '0A'),
      row('0200007F:6989', '01'),
      row('0100007F:698A', '0A'),
      row('0000000000000000FFFF00000100007F:6989', '0A'),
      row('00000000000000000000000000000000:6989', '0A'),
    ].join('\n')
    expect(listeningIn(table, 27_017).map(({ address }) => address)).toEqual([
      '127.0.0.1',
      '127.0.0.1',
      '::',
    ])
  })
})
