import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ArchiveReader } from '../../../src/archive/reader.js'
import type { ArchiveContents } from '../../../src/domain/contents.js'
import type { DumpRun } from '../../../src/ports/tools.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realTools } from '../../support/realWorld.js'
import { elsewhere, leftOfSidecars, sidecarsOf } from '../../support/sidecars.js'
import { until } from '../../support/waiting.js'

let server: MongoServer
let temporary: string

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 20_000, 2_000)
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
const whole = { oplog: false }

/** Reads a dump to its end and proves its archive. */
async function read(run: DumpRun): Promise<ArchiveContents> {
  const reader = new ArchiveReader()
  for await (const part of run.raw) reader.feed(part)
  expect(await run.outcome).toMatchObject({ exitCode: 0 })
  return reader.end()
}

const sidecars = () => sidecarsOf(process.pid, '--all')
const left = () => leftOfSidecars(temporary)

async function sidecar(changes: Parameters<typeof realTools>[0] = {}) {
  const tools = realTools({ temporary, ...changes })
  return (await tools.choose(server.target({ engine: 'sidecar' }))).tools
}

describe('a dump through a container of its own', () => {
  test('is the same data as through the database’s, and leaves nothing', async () => {
    const tools = await sidecar()
    const run = await tools.dump(server.target(), whole, never())
    expect(run).toMatchObject({ engine: 'sidecar', fellBack: [] })
    const contents = await read(run)
    const exec = await realTools({ temporary }).choose(server.target({ engine: 'exec' }))
    const other = await read(await exec.tools.dump(server.target(), whole, never()))
    expect(contents.namespaces['medical_records.healthcare_data']).toEqual(
      other.namespaces['medical_records.healthcare_data'],
    )
    expect(await left()).toEqual([])
  })

  test('knows the versions of its tools', async () => {
    const tools = await sidecar()
    const versions = await tools.versions(server.target())
    expect(versions.mongodump).toMatch(/^\d+\.\d+/)
    expect(versions.mongorestore).toBe(versions.mongodump)
    expect(await left()).toEqual([])
  })

  test('shows its password to nobody who asks the engine', async () => {
    const tools = await sidecar()
    const run = await tools.dump(server.target(), whole, never())
    const [id = ''] = await sidecars()
    const { stdout } = await execa('docker', ['inspect', id])
    const { stdout: processes } = await execa('docker', ['top', id, '-eo', 'pid,args'])
    expect(processes).toContain('mongodump')
    for (const form of [server.password, encodeURIComponent(server.password)]) {
      expect(stdout).not.toContain(form)
      expect(processes).not.toContain(form)
    }
    await read(run)
  })

  test('is over, container and all, when nobody reads on', async () => {
    const tools = await sidecar()
    const run = await tools.dump(server.target(), whole, never())
    for await (const part of run.raw) if (part.length > 0) break
    expect((await run.outcome).exitCode).not.toBe(0)
    expect(await left()).toEqual([])
  })

  test('is over within seconds when it is given up', async () => {
    const abort = new AbortController()
    const tools = await sidecar()
    const run = await tools.dump(server.target(), whole, abort.signal)
    const began = performance.now()
    await expect(
      (async () => {
        for await (const part of run.raw) if (part.length > 0) abort.abort(new Error('enough'))
      })(),
    ).rejects.toThrow('enough')
    await run.outcome
    expect(performance.now() - began).toBeLessThan(6_000)
    expect(await left()).toEqual([])
  })

  test('says what mongodump said where it may not sign in', async () => {
    const wrong = server.target({ engine: 'sidecar' })
    const credentials = {
      ...wrong.credentials,
      authSource: 'elsewhere',
    } as typeof wrong.credentials
    const tools = await sidecar()
    const run = await tools.dump({ ...wrong, ...(credentials && { credentials }) }, whole, never())
    for await (const part of run.raw) expect(part.length).toBe(0)
    const { exitCode, lines } = await run.outcome
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain('uthentication')
    expect(await left()).toEqual([])
  })

  test('that needs more memory than it may have says so', async () => {
    const tools = await sidecar({ memoryBytes: 12 * 1024 * 1024 })
    const run = await tools.dump(server.target(), whole, never())
    await expect(read(run)).rejects.toBeDefined()
    const { exitCode, because } = await run.outcome
    expect(exitCode).not.toBe(0)
    expect(because).toContain('ran out of the 12 MiB it may use')
    expect(await left()).toEqual([])
  })
})

describe('a pipe that does not lead out of the container', () => {
  test('is noticed before mongodump starts, and the next engine serves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
    const tools = realTools({ temporary, through: (own) => elsewhere(own, folder) })
    const { tools: auto } = await tools.choose(server.target())
    expect(auto.name).toBe('sidecar')
    const run = await auto.dump(server.target(), whole, never())
    expect(run.engine).toBe('exec')
    expect(run.fellBack).toEqual([
      expect.stringContaining('does not see the named pipes of this machine'),
    ])
    await read(run)
    await rm(folder, { recursive: true })
    expect(await left()).toEqual([])
  })

  test('but looks as if it did, is given up after a while', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
    await execa('mkfifo', [join(folder, 'archive')])
    const tools = await sidecar({ patience: 1_500, through: (own) => elsewhere(own, folder) })
    await expect(tools.dump(server.target(), whole, never())).rejects.toMatchObject({
      code: 'ENGINE_IMPOSSIBLE',
      message: expect.stringContaining('does not arrive here') as string,
    })
    await rm(folder, { recursive: true })
    expect(await left()).toEqual([])
  })

  test('ends a dump that is given up meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
    await execa('mkfifo', [join(folder, 'archive')])
    const abort = new AbortController()
    const tools = await sidecar({ through: (own) => elsewhere(own, folder) })
    const dumping = tools.dump(server.target(), whole, abort.signal)
    expect(await until(async () => (await sidecars()).length > 0, 10_000)).toBe(true)
    abort.abort(new Error('enough'))
    await expect(dumping).rejects.toThrow('enough')
    await rm(folder, { recursive: true })
    expect(await left()).toEqual([])
  })
})
