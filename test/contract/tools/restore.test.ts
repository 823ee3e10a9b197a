import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { BSON } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DumpTools, RestoreRequest } from '../../../src/ports/tools.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { until } from '../../support/waiting.js'

let server: MongoServer
let archive: Buffer

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 20_000, 1_000)
  const tools = await engine('exec')
  const run = await tools.dump(
    server.target(),
    { oplog: false, database: 'medical_records' },
    never(),
  )
  const chunks: Uint8Array[] = []
  for await (const chunk of run.raw) chunks.push(chunk)
  archive = Buffer.concat(chunks)
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  await server.client.db('medical_records').dropDatabase()
})

const never = () => new AbortController().signal
const plain: RestoreRequest = { drop: false, oplogReplay: false }

async function engine(name: 'exec' | 'host' | 'sidecar'): Promise<DumpTools> {
  return (await realWorld('/nowhere').tools.choose(server.target({ engine: name }))).tools
}

async function* inParts(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

/** Half an archive, and then nothing, without an end. */
async function* stuck(): AsyncGenerator<Uint8Array> {
  yield* inParts(archive.subarray(0, archive.length / 2))
  await new Promise(() => undefined)
}

async function mongorestores(): Promise<number> {
  const { stdout } = await execa('docker', ['top', server.container, '-eo', 'pid,comm'])
  return stdout.split('\n').filter((line) => line.trim().endsWith('mongorestore')).length
}

describe.each(['exec', 'host', 'sidecar'] as const)('mongorestore by engine %s', (name) => {
  test('restores, in order where that is asked for', async () => {
    const tools = await engine(name)
    for (const more of [{}, { maintainInsertionOrder: true }, { durableLater: true }]) {
      const request = { drop: true, oplogReplay: false, ...more }
      expect(
        await tools.restore(server.target(), request, inParts(archive), never()),
      ).toMatchObject({ engine: name, fellBack: [], exitCode: 0, restored: 20_050, failed: 0 })
    }
  })

  test('that leaves early says why itself, however much was still to come', async () => {
    const tools = await engine(name)
    const first = (await inFirst(archive)) as { _id: unknown }
    await server.client
      .db('medical_records')
      .collection('healthcare_data')
      .insertOne(first as never)
    const outcome = await tools.restore(server.target(), plain, again(archive), never())
    expect(outcome.exitCode).not.toBe(0)
    expect(outcome.lines.join('\n')).toContain('E11000')
  })

  test('is gone soon after it was told to stop, though its archive has no end', async () => {
    const tools = await engine(name)
    const abort = new AbortController()
    const restoring = tools.restore(server.target(), plain, stuck(), abort.signal)
    restoring.catch(() => undefined)
    if (name === 'exec') await until(async () => (await mongorestores()) > 0, 10_000)
    await sleep(1_000)
    const began = performance.now()
    abort.abort(new Error('enough'))
    await expect(restoring).rejects.toThrow('enough')
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(await mongorestores()).toBe(0)
  })
})

test('a container that is paused holds nobody up: the process that may run on is named', async () => {
  const tools = await engine('exec')
  const abort = new AbortController()
  const restoring = tools.restore(server.target(), plain, stuck(), abort.signal)
  restoring.catch(() => undefined)
  await until(async () => (await mongorestores()) > 0, 10_000)
  await sleep(500)
  await execa('docker', ['pause', server.container])
  try {
    const began = performance.now()
    abort.abort(new Error('enough'))
    await expect(restoring).rejects.toMatchObject({
      code: 'RESTORE_STILL_RUNNING',
      message: expect.stringMatching(
        /may still be running in the container, process \d+/,
      ) as string,
    })
    expect(performance.now() - began).toBeLessThan(17_000)
  } finally {
    await execa('docker', ['unpause', server.container])
  }
  expect(await until(async () => (await mongorestores()) === 0, 10_000)).toBe(true)
})

/** The archive, followed by much more than any pipe or socket holds. */
async function* again(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield* inParts(bytes)
  for (let round = 0; round < 200; round++) yield await Promise.resolve(Buffer.alloc(1 << 20))
}

/** The first patient of an archive: behind the prelude's end comes a header, then documents. */
async function inFirst(bytes: Buffer): Promise<unknown> {
  const next = (at: number) => at + bytes.readInt32LE(at)
  let at = 4
  while (bytes.readInt32LE(at) !== -1) at = next(at)
  for (;;) {
    at += 4
    const header = BSON.deserialize(bytes.subarray(at, next(at)))
    at = next(at)
    if (header['collection'] === 'healthcare_data' && header['EOF'] === false) break
    while (bytes.readInt32LE(at) !== -1) at = next(at)
  }
  return Promise.resolve(BSON.deserialize(bytes.subarray(at, next(at))))
}
