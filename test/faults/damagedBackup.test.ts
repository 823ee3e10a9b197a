import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectArchive } from '../../src/archive/inspect.js'
import { Failure } from '../../src/domain/failure.js'
import { ops, placeFor, type Place } from '../support/cli.js'
import { hashOf, loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

let server: MongoServer
let place: Place
let id: string
let path: string
let file: Buffer

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 30_000)
  place = await placeFor(server)
  const { stdout } = await ops(place, ['backup', '--json'])
  ;({ id, path } = (JSON.parse(stdout) as { result: { id: string; path: string } }).result)
  file = await readFile(path)
})
afterAll(async () => {
  await place.remove()
  await server.remove()
})

/** Numbers that look random and are the same in every run (a linear congruential generator, Numerical Recipes). */
function* numbers(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

async function judge(bytes: Buffer): Promise<{ code: string; byte: unknown } | undefined> {
  async function* stream() {
    for (let at = 0; at < bytes.length; at += 65_536)
      yield await Promise.resolve(bytes.subarray(at, at + 65_536))
  }
  try {
    await inspectArchive(stream())
    return undefined
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(error.exitCode).toBe(12)
    return { code: error.code, byte: error.facts['byte'] }
  }
}

describe('a bare archive, without its manifest', () => {
  test('cut at every 4 KiB: none passes as sound, and each says at which byte', async () => {
    let cuts = 0
    for (let at = 0; at < file.length; at += 4096) {
      expect(await judge(file.subarray(0, at))).toMatchObject({
        byte: expect.any(Number) as number,
      })
      cuts++
    }
    expect(cuts).toBeGreaterThan(100)
  })

  test('uncompressed and cut at every 4 KiB: none passes', async () => {
    const raw = gunzipSync(file)
    for (let at = 0; at < raw.length; at += 4096)
      expect(await judge(raw.subarray(0, at))).toBeDefined()
  })

  test('one of 500 random bits flipped, anywhere behind the prelude: none passes', async () => {
    const random = numbers(1)
    // The prelude is in the first kilobytes of the first member; no checksum inside the archive covers its text.
    const from = 4096 * 8
    for (let flip = 0; flip < 500; flip++) {
      const bit = from + Math.floor(random.next().value * (file.length * 8 - from))
      expect(await judge(flipped(file, bit)), `bit ${bit.toString()}`).toBeDefined()
    }
  })

  test('uncompressed, one of 500 random bits flipped behind the prelude: none passes', async () => {
    const raw = gunzipSync(file)
    const random = numbers(2)
    const from = 8192 * 8
    for (let flip = 0; flip < 500; flip++) {
      const bit = from + Math.floor(random.next().value * (raw.length * 8 - from))
      expect(await judge(flipped(raw, bit)), `bit ${bit.toString()}`).toBeDefined()
    }
  })
})

describe('a backup with its manifest', () => {
  test('one of 60 bits flipped, anywhere in the file: verify says damaged, exit 12, and marks it', async () => {
    const random = numbers(3)
    const bits = [
      0,
      35,
      file.length * 8 - 1,
      ...Array.from({ length: 57 }, () => Math.floor(random.next().value * file.length * 8)),
    ]
    for (const bit of bits) {
      await writeFile(path, flipped(file, bit))
      // In-process for all but a few: what is asked here is whether any flip gets through.
      const { exitCode, stdout } = await ops(place, ['backup', 'verify', id, '--json'])
      expect(exitCode, `bit ${bit.toString()}`).toBe(12)
      expect(stdout).toContain('damaged')
    }
    await writeFile(path, file)
  }, 120_000)

  test('damaged: a restore refuses it before the database is touched', async () => {
    const before = await hashOf(server.client)
    await writeFile(path, flipped(file, file.length * 4))
    const { exitCode } = await ops(place, ['restore', id, '--confirm', 'medical', '--json'])
    expect(exitCode).toBe(12)
    expect(await hashOf(server.client)).toBe(before)
    await writeFile(path, file)
  })

  test('exchanged for another whole archive: found out by its checksum', async () => {
    await server.client.db('medical_records').collection('audit_trail').deleteOne({})
    const { stdout } = await ops(place, ['backup', '--json'])
    const other = (JSON.parse(stdout) as { result: { path: string } }).result.path
    await writeFile(path, await readFile(other))
    const { exitCode } = await ops(place, ['backup', 'verify', id, '--json'])
    expect(exitCode).toBe(12)
    await writeFile(path, file)
  })
})

describe('files that are no archive', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['20 bytes of an empty gzip', Buffer.from('1f8b0800000000000003030000000000000000', 'hex')],
    ['a zip', Buffer.from('504b0304140000000800', 'hex')],
    ['text', Buffer.from('mongodump: command not found\n')],
  ])('%s: exit 12 with a byte', async (_name, bytes) => {
    const name = join(place.folder, 'foreign.gz')
    await writeFile(name, bytes)
    const { exitCode, stdout } = await ops(place, ['backup', 'verify', name, '--json'])
    expect(exitCode).toBe(12)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { kind: 'integrity', next: [expect.any(String), expect.anything()] },
    })
  })

  test('trailing garbage behind a whole archive', async () => {
    const name = join(place.folder, 'trailing.gz')
    await writeFile(name, Buffer.concat([file, Buffer.from('and more')]))
    const { exitCode, stdout } = await ops(place, ['backup', 'verify', name, '--json'])
    expect(exitCode).toBe(12)
    expect(stdout).toContain(file.length.toString())
  })
})
