import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize, setInternalBufferSize } from 'bson'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Crc64 } from '../../../src/archive/crc64.js'
import { Failure } from '../../../src/domain/failure.js'
import type { OwnContainer, OwnContainers } from '../../../src/ports/ownContainers.js'
import type { DumpTools } from '../../../src/ports/tools.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realTools } from '../../support/realWorld.js'
import { elsewhere, leftOfSidecars, sidecarRunning, sidecarsOf } from '../../support/sidecars.js'
import { until } from '../../support/waiting.js'
import { blockHeader, prelude, type Namespace } from '../../unit/archive/archiveBuilder.js'

let server: MongoServer
let temporary: string
let archive: Buffer

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 20_000, 1_000)
  const { tools } = await realTools().choose(server.target({ engine: 'exec' }))
  const request = { oplog: false, database: 'medical_records' }
  const run = await tools.dump(server.target(), request, never())
  const parts: Uint8Array[] = []
  for await (const part of run.raw) parts.push(Buffer.from(part))
  archive = Buffer.concat(parts)
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'ops-test-'))
})
afterEach(async () => {
  await rm(temporary, { recursive: true, force: true })
})

const never = () => new AbortController().signal
const request = { drop: true, oplogReplay: false }
const whole = { exitCode: 0, restored: 20_050, failed: 0 }

/** The archive; tells when it is first asked for. */
async function* parts(asked: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  asked()
  for (let at = 0; at < archive.length; at += 1 << 20)
    yield await Promise.resolve(archive.subarray(at, at + (1 << 20)))
}

/** Half the archive; then what `more` does. */
async function* half(more: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield archive.subarray(0, archive.length / 2)
  await more()
}

const sidecars = () => sidecarsOf(process.pid, '--all')
const left = () => leftOfSidecars(temporary)

async function sidecar(changes: Parameters<typeof realTools>[0] = {}): Promise<DumpTools> {
  const tools = realTools({ temporary, ...changes })
  const target = server.target({ engine: 'sidecar' })
  return (await tools.choose(target, { kind: 'restore' })).tools
}

/** Until mongorestore runs in a sidecar; gives the sidecar's id. */
const running = () => sidecarRunning('mongorestore', process.pid, 20_000)

describe('a restore through a container of its own', () => {
  test('brings everything back, and leaves nothing', async () => {
    await server.client.db('medical_records').dropDatabase()
    const tools = await sidecar()
    const outcome = await tools.restore(server.target(), request, parts(), never())
    expect(outcome).toMatchObject({ engine: 'sidecar', fellBack: [], ...whole })
    expect(await left()).toEqual([])
  })

  test('shows its password to nobody who asks the engine', async () => {
    const tools = await sidecar()
    let seen = ''
    const look = async () => {
      const id = await running()
      const { stdout } = await execa('docker', ['inspect', id])
      const { stdout: processes } = await execa('docker', ['top', id, '-eo', 'pid,args'])
      seen = stdout + processes
      throw new Error('seen enough')
    }
    const restoring = tools.restore(server.target(), request, half(look), never())
    await expect(restoring).rejects.toThrow('seen enough')
    expect(seen).toContain('mongorestore')
    for (const form of [server.password, encodeURIComponent(server.password)])
      expect(seen).not.toContain(form)
    expect(await left()).toEqual([])
  })

  test('that needs more memory than it may have says so', async () => {
    const tools = await sidecar({ memoryBytes: 12 * 1024 * 1024 })
    const outcome = await tools.restore(server.target(), request, parts(), never())
    expect(outcome.exitCode).not.toBe(0)
    expect(outcome.because).toContain('ran out of the 12 MiB it may use')
    expect(await left()).toEqual([])
  })

  test.each([
    ['kill', 'it was killed from outside'],
    ['rm --force', 'it was killed from outside'],
  ])('whose container meets docker %s in the middle fails and says so', async (how, because) => {
    const tools = await sidecar()
    const end = async () => {
      await execa('docker', [...how.split(' '), await running()])
      await new Promise(() => undefined)
    }
    const outcome = await tools.restore(server.target(), request, half(end), never())
    expect(outcome).toMatchObject({ exitCode: 137, because })
    expect(await left()).toEqual([])
  })

  test('ends with the error of what feeds it', async () => {
    const tools = await sidecar()
    const broken = new Error('the disk went away')
    const restoring = tools.restore(
      server.target(),
      request,
      half(() => Promise.reject(broken)),
      never(),
    )
    await expect(restoring).rejects.toBe(broken)
    expect(await left()).toEqual([])
  })

  test('is over within seconds when it is given up, though the database is paused', async () => {
    const abort = new AbortController()
    const tools = await sidecar()
    let began = 0
    const pause = async () => {
      await running()
      await execa('docker', ['pause', server.container])
      began = performance.now()
      abort.abort(new Error('enough'))
      await new Promise(() => undefined)
    }
    try {
      const restoring = tools.restore(server.target(), request, half(pause), abort.signal)
      await expect(restoring).rejects.toThrow('enough')
      expect(performance.now() - began).toBeLessThan(14_000)
      expect(await left()).toEqual([])
    } finally {
      await execa('docker', ['unpause', server.container])
    }
  })
})

/** An engine that does something else with a container of ours than it should. */
function otherwise(own: OwnContainers, how: (container: OwnContainer) => Partial<OwnContainer>) {
  const start: OwnContainers['start'] = async (...given) => {
    const container = await own.start(...given)
    return { ...container, ...how(container) }
  }
  return { ...own, start }
}

/** A stream that breaks off with an error. */
async function* breakingOff(
  bytes: AsyncIterable<Uint8Array>,
  broken: Promise<never>,
): AsyncGenerator<Uint8Array> {
  const parts = bytes[Symbol.asyncIterator]()
  for (;;) {
    const part = await Promise.race([parts.next(), broken])
    if (part.done === true) return
    yield part.value
  }
}

describe('a restore whose container cannot be spoken to any more', () => {
  test.each([
    [
      'may still run where nobody can remove it, and how to end it is said',
      false,
      {
        code: 'RESTORE_STILL_RUNNING',
        message: expect.stringContaining(
          'may still be running in a container of its own',
        ) as string,
        next: expect.arrayContaining([
          expect.stringMatching(/^docker rm --force ops-sidecar-/),
        ]) as string[],
      },
    ],
    ['does not run once it was removed', true, { code: 'ENGINE_UNREACHABLE' }],
  ])('%s', async (_, removable, failure) => {
    const gone = new Failure('environment', 'ENGINE_UNREACHABLE', 'the engine is gone', [])
    const engine = new AbortController()
    const broken = new Promise<never>((_resolve, reject) => {
      engine.signal.addEventListener('abort', () => {
        reject(gone)
      })
    })
    broken.catch(() => undefined)
    const through = (own: OwnContainers) =>
      otherwise(own, (container) => ({
        stdout: breakingOff(container.stdout, broken),
        ended: () => Promise.race([container.ended(), broken]),
        ...(removable ? {} : { remove: () => broken }),
      }))
    const tools = await sidecar({ through })
    const breaks = async () => {
      await running()
      engine.abort()
      await new Promise(() => undefined)
    }
    try {
      const restoring = tools.restore(server.target(), request, half(breaks), never())
      await expect(restoring).rejects.toMatchObject(failure)
      expect(await sidecars()).toHaveLength(removable ? 0 : 1)
    } finally {
      for (const id of await sidecars()) await execa('docker', ['rm', '--force', id])
    }
    expect(await left()).toEqual([])
  })

  test('does not run once it was removed, although it heeded nothing', async () => {
    const abort = new AbortController()
    const deaf = () => Promise.reject(new Error('it does not hear'))
    const tools = await sidecar({ through: (own) => otherwise(own, () => ({ kill: deaf })) })
    const pause = async () => {
      await execa('docker', ['pause', await running()])
      abort.abort(new Error('enough'))
      await new Promise(() => undefined)
    }
    const restoring = tools.restore(server.target(), request, half(pause), abort.signal)
    await expect(restoring).rejects.toThrow('enough')
    expect(await left()).toEqual([])
  })
})

test('documents of 16 MB, more than wait at once, need no more memory than it has', async () => {
  setInternalBufferSize(17 * 1024 * 1024)
  const collections = ['scans', 'images'].map((collection) => ({ db: 'large', collection }))
  const tools = await sidecar()
  const outcome = await tools.restore(server.target(), request, large(collections, 20), never())
  expect(outcome).toMatchObject({ engine: 'sidecar', exitCode: 0, restored: 40, failed: 0 })
  await server.client.db('large').dropDatabase()
  expect(await left()).toEqual([])
}, 240_000)

/** An archive with so many documents of 16 MB in each collection, by turns. */
async function* large(collections: readonly Namespace[], each: number): AsyncGenerator<Uint8Array> {
  const end = Buffer.from('ffffffff', 'hex')
  const text = 'x'.repeat(16 * 1024 * 1024 - 200)
  const sums = collections.map(() => new Crc64())
  yield await Promise.resolve(prelude(collections))
  for (let round = 0; round < each; round++) {
    for (const [at, namespace] of collections.entries()) {
      const document = serialize({ _id: round, text })
      sums[at]?.update(document)
      yield Buffer.concat([blockHeader(namespace), document, end])
    }
  }
  for (const [at, namespace] of collections.entries())
    yield Buffer.concat([blockHeader(namespace, { EOF: true, CRC: sums[at]?.value ?? 0n }), end])
}

describe('a pipe that does not lead into the container', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  const astray = (patience = 15_000) =>
    sidecar({ patience, through: (own) => elsewhere(own, folder) })

  test('is noticed before a byte of the archive is asked for, and the next engine serves', async () => {
    const tools = await astray()
    const asked: string[] = []
    const source = parts(() => asked.push(tools.name))
    const outcome = await tools.restore(server.target(), request, source, never())
    expect(outcome).toMatchObject({ engine: 'exec', ...whole })
    expect(outcome.fellBack).toEqual([
      expect.stringContaining('does not see the named pipes of this machine'),
    ])
    expect(asked).toHaveLength(1)
    expect(await left()).toEqual([])
  })

  test('but looks as if it did, is given up after a while', async () => {
    await execa('mkfifo', [join(folder, 'archive')])
    const tools = await astray(1_500)
    const outcome = await tools.restore(server.target(), request, parts(), never())
    expect(outcome).toMatchObject({ engine: 'exec', ...whole })
    expect(outcome.fellBack).toEqual([expect.stringContaining('does not arrive in its container')])
    expect(await left()).toEqual([])
  })

  test('but is fed by somebody else, is not read from', async () => {
    const path = join(folder, 'archive')
    await execa('mkfifo', [path])
    const tools = await astray()
    const restoring = tools.restore(server.target(), request, parts(), never())
    // Opening it waits for the container, in a process that can be ended.
    const other = execa('sh', ['-c', 'echo ops-somebody-else >"$1"', 'sh', path], {
      timeout: 20_000,
    })
    await other
    expect(await restoring).toMatchObject({ engine: 'exec', ...whole })
    expect(await left()).toEqual([])
  })

  test('ends a restore that is given up meanwhile', async () => {
    await execa('mkfifo', [join(folder, 'archive')])
    const abort = new AbortController()
    const tools = await astray()
    const restoring = tools.restore(server.target(), request, parts(), abort.signal)
    restoring.catch(() => undefined)
    expect(await until(async () => (await sidecars()).length > 0, 10_000)).toBe(true)
    abort.abort(new Error('enough'))
    await expect(restoring).rejects.toThrow('enough')
    expect(await left()).toEqual([])
  })
})
