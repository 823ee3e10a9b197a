import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeDataFiles } from '../../../src/procedures/dataFiles/takeDataFiles.js'
import { carriedOut } from '../../fakes/world.js'
import { copied, hospital, request } from './scene.js'

describe('what the manifest of a copy says of the documents', () => {
  test('is what was under the lock, counted one by one after it, and not what the server says', async () => {
    const { world, server } = hospital()
    server.counted.set('healthcare_data', 37)
    const { result } = await copied(world)
    expect(server.log.indexOf('count healthcare_data')).toBeGreaterThan(
      server.log.indexOf('unlock'),
    )
    expect(result).toMatchObject({
      collections: { 'medical_records.healthcare_data': { documents: 37 } },
      dataFiles: { estimated: [] },
    })
  })

  test('is what the server says, and that is told, where it no longer knows what was under the lock', async () => {
    const { world, server } = hospital()
    server.mischief.forgets = ['healthcare_data']
    const { result, warnings } = await copied(world)
    expect(result).toMatchObject({
      collections: { 'medical_records.healthcare_data': { documents: 40 } },
      dataFiles: { estimated: ['medical_records.healthcare_data'] },
    })
    expect(warnings).toEqual([expect.stringContaining('medical_records.healthcare_data')])
  })

  test('a server that is gone after the lock keeps no copy from the shelf', async () => {
    const { world, server, shelf } = hospital()
    const connect = server.connect.bind(server)
    const gone = new Failure('environment', 'MONGO_UNREACHABLE', 'it does not answer', [])
    server.connect = () => (server.log.includes('unlock') ? Promise.reject(gone) : connect())
    const { result } = await copied(world)
    expect(result.dataFiles?.estimated).toEqual(['medical_records.healthcare_data'])
    expect(shelf.manifests.has(result.id)).toBe(true)
  })

  test('Ctrl-C while it is counted: no copy', async () => {
    const { world, server, shelf } = hospital()
    server.mischief.countWaits = new Promise(() => undefined)
    const stop = new AbortController()
    const running = carriedOut(await takeDataFiles.plan(request, world), world, stop.signal)
    setTimeout(() => {
      stop.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
    }, 30)
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(server.locks).toBe(0)
    expect(shelf.files.size).toBe(0)
  })

  test('says how far the server was with its writes, and with its journal', async () => {
    const { world, server } = hospital()
    const applied = { seconds: 1_795_267_324, ordinal: 9 }
    const journaled = { seconds: 1_795_267_324, ordinal: 2 }
    server.times = { applied, journaled }
    const { result } = await copied(world)
    expect(result.dataFiles).toMatchObject({ lastWrite: applied, journaled })
  })
})

test('a copy that fails while the server still lists its collections ends as that failure, and writes go on', async () => {
  const { world, server, dataVolumes } = hospital()
  const connect = server.connect.bind(server)
  server.connect = async () => {
    const session = await connect()
    return {
      ...session,
      namespaces: async (databases, count) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return session.namespaces(databases, count)
      },
    }
  }
  dataVolumes.copy = () => Promise.reject(new Failure('failed', 'COPY_FAILED', 'no tar', []))
  await expect(copied(world)).rejects.toMatchObject({ code: 'COPY_FAILED' })
  expect(server.locks).toBe(0)
})

describe('a copy of a standalone, which knows no past', () => {
  const standalone = () => {
    const scene = hospital()
    const { replicaSet, ...facts } = scene.server.facts
    expect(replicaSet).toBe('rs0')
    scene.server.facts = facts
    scene.server.times = undefined
    scene.server.storage = { ...scene.server.storage, members: [] }
    return scene
  }

  test('is counted while it is copied', async () => {
    const { world, server, dataVolumes } = standalone()
    dataVolumes.mischief = { copyWaits: new Promise((resolve) => setTimeout(resolve, 20)) }
    const { result } = await copied(world)
    expect(server.log).toEqual(['flush', 'lock', 'count healthcare_data', 'unlock'])
    expect(result.dataFiles).toMatchObject({ estimated: [] })
    expect(result.dataFiles).not.toHaveProperty('lastWrite')
  })

  test('writes never wait for the counting', async () => {
    const { world, server } = standalone()
    server.mischief.countWaits = new Promise(() => undefined)
    const { result } = await copied(world)
    expect(server.locks).toBe(0)
    expect(result.dataFiles?.estimated).toEqual(['medical_records.healthcare_data'])
  })
})
