import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { carryOut } from '../../../src/procedures/carryOut.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

const request = { target: medical, compression, safety: false }

function hospital() {
  const scene = fakeWorld()
  const patients = Array.from({ length: 40 }, (_, at) => ({
    _id: at,
    name: `patient ${at.toString()}`,
  }))
  scene.server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  scene.server.collection('medical_records', 'audit_trail', [{ _id: 1 }])
  return scene
}

async function backUp(scene = hospital()) {
  return carriedOut(await takeBackup.plan(request, scene.world), scene.world)
}

/** Sleepers wake at the next turn of the event loop, each time later. */
function quickly(clock: ReturnType<typeof fakeWorld>['clock']) {
  return async (milliseconds: number, signal?: AbortSignal) => {
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    clock.advance(milliseconds)
  }
}

describe('a backup', () => {
  test('is on the shelf with its manifest, and its members are the file', async () => {
    const scene = hospital()
    const { result } = await backUp(scene)
    const file = scene.shelf.files.get(result.path)
    expect(file?.length).toBe(result.bytes)
    const pieces = result.compression.members.map(({ at, bytes, rawBytes }) => {
      const raw = gunzipSync(file?.subarray(at, at + bytes) ?? Buffer.alloc(0))
      expect(raw.length).toBe(rawBytes)
      return raw
    })
    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces).length).toBe(result.rawBytes)
    expect(result.collections['medical_records.healthcare_data']).toMatchObject({ documents: 40 })
    expect(result).toMatchObject({
      id: 'medical-20261121T130204Z',
      trust: 'sound',
      exitCode: 0,
      wholeInstance: true,
    })
  })

  test('that is told to stop ends after its mongodump is gone, though nobody has begun to read', async () => {
    const scene = hospital()
    const abort = new AbortController()
    const { tools, because } = await scene.server.tools().choose(medical)
    let gone = false
    const told: typeof tools = {
      ...tools,
      async dump(...given) {
        const run = await tools.dump(...given)
        const leaving = async () => {
          for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
          gone = true
          return run.outcome
        }
        abort.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
        return { ...run, outcome: leaving() }
      },
    }
    const world = {
      ...scene.world,
      tools: { choose: () => Promise.resolve({ tools: told, because }) },
    }
    const running = carriedOut(await takeBackup.plan(request, world), world, abort.signal)
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(gone).toBe(true)
  })

  test('onto a disk that never answers is given up by itself, and the target stays locked: it may still write', async () => {
    const scene = hospital()
    scene.shelf.write = () => new Promise(() => undefined)
    const clock = { ...scene.clock, sleep: quickly(scene.clock) }
    const world = { ...scene.world, clock }
    const patience = { step: 20, undo: 20, file: 20 }
    const { signal } = new AbortController()
    await expect(
      carryOut(await takeBackup.plan(request, world), world, {
        signal,
        patience,
        tell: () => undefined,
      }),
    ).rejects.toMatchObject({
      code: 'STREAM_STALLED',
      exitCode: 124,
      facts: { underWay: 'mongodump into its file' },
    })
    expect(scene.shelf.manifests.size).toBe(0)
    expect(scene.locks.held.size).toBe(1)
  })

  test('two in the same second have different names', async () => {
    const scene = hospital()
    const first = await backUp(scene)
    const second = await backUp(scene)
    expect(second.result.id).toBe(`${first.result.id}-1`)
    expect(scene.shelf.manifests.size).toBe(2)
  })

  test('holds the lock of its target while it runs and writes no receipt', async () => {
    const scene = hospital()
    await backUp(scene)
    expect(scene.locks.log).toEqual(['take medical', 'release medical'])
    expect(scene.receipts.saves).toEqual([])
  })

  test('tells of what a killed run left behind', async () => {
    const scene = hospital()
    scene.shelf.leftovers.push({
      file: '/shelf/medical/x.archive.gz.partial',
      bytes: 7,
      fate: 'removed',
    })
    const { warnings } = await backUp(scene)
    expect(warnings).toEqual([expect.stringContaining('x.archive.gz.partial')])
  })
})

describe('engines', () => {
  test('that were tried before are told of, and the one that served is in the manifest', async () => {
    const scene = hospital()
    scene.server.fellBack = ['engine sidecar cannot serve "medical": no pipe']
    const { warnings, result } = await backUp(scene)
    expect(warnings).toEqual(scene.server.fellBack)
    expect(result.engine).toBe('exec')
  })

  test('of killed runs left containers and pipes, which are removed and told of', async () => {
    const scene = hospital()
    scene.ownContainers.left.push('ops-sidecar-12-abc')
    scene.leftPipes.push('/tmp/ops-pipe-12-1-x')
    const { warnings } = await backUp(scene)
    expect(warnings).toEqual([
      'removed container ops-sidecar-12-abc: the run that made it was cut off',
      'removed /tmp/ops-pipe-12-1-x: the run that made it was cut off',
    ])
  })
})

describe('a backup that is none', () => {
  const nothingListed = (scene: ReturnType<typeof hospital>) => {
    expect(scene.shelf.manifests.size).toBe(0)
    expect([...scene.shelf.files.keys()].filter((path) => !path.includes('.quarantine'))).toEqual(
      [],
    )
    expect(scene.locks.held.size).toBe(0)
  }

  test('a mongodump that fails leaves nothing, however whole its archive is', async () => {
    const scene = hospital()
    scene.server.mischief = { dumpExitCode: 1 }
    await expect(backUp(scene)).rejects.toMatchObject({
      code: 'DUMP_FAILED',
      exitCode: 1,
      message: expect.stringContaining('cursor was killed') as string,
    })
    nothingListed(scene)
  })

  test('a mongodump that is not there is named as missing', async () => {
    const scene = hospital()
    scene.server.mischief = { dumpExitCode: 127, cutDumpAt: 0 }
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'TOOL_MISSING', exitCode: 13 })
    nothingListed(scene)
  })

  test.each([1, 100, 900, 2000])(
    'a stream cut at byte %i with exit code 0 is kept aside, not listed',
    async (cutDumpAt) => {
      const scene = hospital()
      scene.server.mischief = { cutDumpAt }
      await expect(backUp(scene)).rejects.toMatchObject({ kind: 'integrity', exitCode: 12 })
      nothingListed(scene)
      expect([...scene.shelf.files.keys()]).toEqual([expect.stringContaining('.quarantine/')])
    },
  )

  test('a collection that mongodump did not see is missed', async () => {
    const scene = hospital()
    scene.server.mischief = { blindTo: ['healthcare_data'] }
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE', exitCode: 12 })
    expect(scene.shelf.manifests.size).toBe(0)
  })

  test('a full shelf ends it and leaves the older backups alone', async () => {
    const scene = hospital()
    await backUp(scene)
    scene.shelf.refuse = new Failure('space', 'SHELF_FULL', 'no space is left', ['df -h'])
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'SHELF_FULL', exitCode: 14 })
    expect([...scene.shelf.manifests.keys()]).toEqual(['medical-20261121T130204Z'])
    expect([...scene.shelf.files.keys()]).toEqual([
      '/shelf/medical/medical-20261121T130204Z.archive.gz',
    ])
  })

  test('a shelf without room refuses before anything is dumped', async () => {
    const scene = hospital()
    scene.shelf.free = 1000
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'SHELF_TOO_SMALL', exitCode: 14 })
    expect(scene.server.log).toEqual([])
  })

  test('a database that should be there and is not is an error, not an empty backup', async () => {
    const scene = fakeWorld()
    scene.server.collection('other', 'things', [])
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'DATABASE_MISSING', exitCode: 10 })
  })

  test('a target that is held is left alone', async () => {
    const scene = hospital()
    await scene.locks.take('medical', 'restore')
    await expect(backUp(scene)).rejects.toMatchObject({ code: 'TARGET_LOCKED', exitCode: 11 })
    expect(scene.server.log).toEqual([])
  })

  test('an interruption ends it with the reason of the signal', async () => {
    const scene = hospital()
    const plan = await takeBackup.plan(request, scene.world)
    const signal = AbortSignal.abort(
      new Failure('interrupted', 'INTERRUPTED', 'stopped by Ctrl-C', ['ops backup']),
    )
    await expect(carriedOut(plan, scene.world, signal)).rejects.toMatchObject({ exitCode: 130 })
    nothingListed(scene)
  })
})
