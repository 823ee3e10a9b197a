import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { trial } from '../../../src/procedures/trial/trial.js'
import { medical } from '../../fakes/world.js'
import { hospital, mongod, tested, type Hospital } from './scene.js'

const trustOf = ({ shelf, id }: Hospital) => shelf.manifests.get(id)?.trust

describe('a trial restore', () => {
  test('restores into a scratch server, counts, compares, and records how long it took', async () => {
    const scene = await hospital()
    const before = scene.server.state()
    const { result } = await tested(scene)

    expect(result).toMatchObject({
      id: scene.id,
      trust: 'restore-tested',
      documents: 301,
      sampled: 101,
      validated: 2,
      collections: {
        'medical_records.healthcare_data': { documents: 300, expected: 300 },
        'medical_records.audit_trail': { documents: 1, expected: 1 },
      },
    })
    expect(scene.scratch.state()).toEqual(before)
    expect(scene.shelf.manifests.get(scene.id)).toMatchObject({
      trust: 'restore-tested',
      tested: { documents: 301, sampled: 101, serverVersion: '6.0.5' },
    })
  })

  test('touches neither the target nor its lock, and removes its container', async () => {
    const scene = await hospital()
    const before = scene.server.state()
    const held = await scene.world.locks.take('medical', 'backup')
    await tested(scene)
    await held.release()

    expect(scene.server.log).toEqual([])
    expect(scene.server.state()).toEqual(before)
    expect(scene.own.running.size).toBe(0)
    expect(scene.own.started[0]).toMatchObject({
      purpose: 'scratch',
      network: { kind: 'none' },
      image: 'sha256:1',
    })
  })

  test('tells what it removed of earlier runs that were cut off', async () => {
    const scene = await hospital()
    scene.own.left.push('ops-scratch-99-aaa')
    const { warnings } = await tested(scene)
    expect(warnings).toEqual([
      'removed container ops-scratch-99-aaa: an earlier run was cut off before it could',
    ])
  })

  test.each([
    ['a document less', { restoreLoses: true }, /has 299 documents instead of 300/],
    [
      'a document that is another',
      { restoreChanges: true },
      /documents looked at in medical_records\.audit_trail are not, byte for byte/,
    ],
    [
      'a collection that the server calls invalid',
      { invalid: { 'medical_records.audit_trail': ['index _id_ lacks an entry'] } },
      /audit_trail is not valid: index _id_ lacks an entry/,
    ],
    ['documents that mongorestore failed on', { restoreFails: 2 }, /could not restore 2 documents/],
  ])('%s is an integrity failure, and the backup is damaged', async (_, mischief, says) => {
    const scene = await hospital()
    scene.scratch.mischief = mischief
    await expect(tested(scene)).rejects.toMatchObject({
      exitCode: 12,
      code: 'TRIAL_DIFFERS',
      message: expect.stringMatching(says) as string,
    })
    expect(trustOf(scene)).toBe('damaged')
    expect(scene.own.running.size).toBe(0)
  })

  test('an index that is missing is an integrity failure, but the documents are there: trust stays', async () => {
    const scene = await hospital()
    scene.scratch.mischief = { restoreForgetsIndexes: true }
    await expect(tested(scene)).rejects.toMatchObject({
      exitCode: 12,
      code: 'TRIAL_DIFFERS',
      message: expect.stringContaining('lacks its index name_1') as string,
    })
    expect(trustOf(scene)).toBe('sound')
  })

  test('a damaged file is found before any server is started', async () => {
    const scene = await hospital()
    const path = `/shelf/medical/${scene.id}.archive.gz`
    const bytes = scene.shelf.files.get(path) ?? Buffer.alloc(0)
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200)
    await expect(tested(scene, { id: scene.id })).rejects.toMatchObject({ kind: 'integrity' })
    expect(trustOf(scene)).toBe('damaged')
    expect(scene.own.started).toEqual([])
  })

  test('mongorestore that gives up says nothing of the backup', async () => {
    const scene = await hospital()
    scene.scratch.mischief = { restoreExitCode: 1 }
    await expect(tested(scene)).rejects.toMatchObject({
      kind: 'failed',
      code: 'TRIAL_RESTORE_FAILED',
    })
    expect(trustOf(scene)).toBe('sound')
    expect(scene.own.running.size).toBe(0)
  })

  test('a scratch server that ends half-way is an environment failure, whatever was seen of it', async () => {
    const scene = await hospital()
    scene.scratch.mischief = { restoreLoses: true }
    const { mongo } = scene.world
    const world = {
      ...scene.world,
      mongo: {
        connect: async (...given: Parameters<typeof mongo.connect>) => {
          const session = await mongo.connect(...given)
          return {
            ...session,
            namespaces: () => {
              scene.own.running.clear()
              return Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'gone', []))
            },
          }
        },
      },
    }
    await expect(tested({ ...scene, world })).rejects.toMatchObject({
      exitCode: 13,
      code: 'TRIAL_CUT_OFF',
      message: expect.stringContaining('its trust stays as it was') as string,
    })
    expect(trustOf(scene)).toBe('sound')
  })

  test('an interruption ends as one, and the container goes', async () => {
    const scene = await hospital()
    const stop = new AbortController()
    const tools = scene.scratch.tools()
    const world = {
      ...scene.world,
      tools: {
        choose: async () => {
          const chosen = await tools.choose(medical)
          const interrupted = () => {
            const reason = new Failure('interrupted', 'INTERRUPTED', 'interrupted (Ctrl-C)', [])
            stop.abort(reason)
            return Promise.reject(reason)
          }
          return { ...chosen, tools: { ...chosen.tools, restore: interrupted } }
        },
      },
    }
    await expect(tested({ ...scene, world }, {}, stop.signal)).rejects.toMatchObject({
      exitCode: 130,
    })
    expect(scene.own.running.size).toBe(0)
    expect(trustOf(scene)).toBe('sound')
  })
})

describe('a scratch server', () => {
  test('that does not start is an environment failure with its last words', async () => {
    const scene = await hospital(() => ({
      stderr: 'mongod: illegal option\n',
      ending: { exitCode: 2, outOfMemory: false },
    }))
    await expect(tested(scene)).rejects.toMatchObject({
      exitCode: 13,
      code: 'SCRATCH_NOT_READY',
      message: expect.stringMatching(/exit code 2; it said: mongod: illegal option/) as string,
    })
    expect(trustOf(scene)).toBe('sound')
    expect(scene.own.running.size).toBe(0)
  })

  test('gets nothing where the engine has no room for what would be restored', async () => {
    const scene = await hospital(mongod(1000))
    await expect(tested(scene)).rejects.toMatchObject({ exitCode: 14, code: 'SCRATCH_TOO_SMALL' })
    expect(scene.scratch.log).toEqual([])
    expect(scene.own.running.size).toBe(0)
  })

  test('of another release line is refused before anything is restored', async () => {
    const scene = await hospital()
    scene.scratch.facts = { ...scene.scratch.facts, version: '7.0.1' }
    await expect(tested(scene)).rejects.toMatchObject({
      exitCode: 13,
      code: 'SCRATCH_UNFIT',
      message: expect.stringContaining('7.0.1') as string,
    })
    expect(scene.scratch.log).toEqual([])
  })

  test('is made of the image that was asked for', async () => {
    const scene = await hospital()
    const { result } = await tested(scene, { image: 'mongo:6.0' })
    expect(result.image).toBe('mongo:6.0')
  })

  test('needs an image where the target runs outside Docker', async () => {
    const scene = await hospital()
    const outside = {
      ...medical,
      place: { kind: 'server' as const, uri: { from: 'file' as const, path: '/uri' } },
    }
    await expect(trial.plan({ target: outside }, scene.world)).rejects.toMatchObject({
      exitCode: 13,
      code: 'SCRATCH_IMAGE_MISSING',
      next: ['ops backup test-restore --image IMAGE'],
    })
  })
})

test('a copy of data files is refused: it is no archive', async () => {
  const scene = await hospital()
  const manifest = scene.shelf.manifests.get(scene.id)
  if (manifest) scene.shelf.manifests.set(scene.id, { ...manifest, content: 'dataFiles' })
  await expect(trial.plan({ target: medical, id: scene.id }, scene.world)).rejects.toMatchObject({
    code: 'TRIAL_UNSUPPORTED',
  })
})
