import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { noKeys, wardKeys } from '../../fakes/keys.js'
import { failureIn } from '../archive/feeding.js'
import { disasterInTime, planned, restored } from './scene.js'

describe('a restore to a moment', () => {
  test('brings back what was there then, and nothing else', async () => {
    const scene = await disasterInTime()
    const { result, receipt } = await restored(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(scene.server.state()['other']).toEqual({
      things: { documents: [{ _id: 'kept' }], indexes: ['_id_'] },
    })
    expect(result).toMatchObject({
      id: scene.base.id,
      moment: { optime: scene.time },
      slices: 1,
      operations: 0,
      dropped: ['medical_records.stray'],
      collections: { 'medical_records.healthcare_data': { documents: 20, expected: 20 } },
    })
    expect(receipt).toMatchObject({
      command: 'restore',
      state: 'done',
      again: `ops restore --to-time ${scene.time} --target medical`,
      touched: { databases: ['medical_records'] },
      safetyBackup: result.safetyBackup,
    })
  })

  test('says before what it takes and what is lost', async () => {
    const plan = await planned(await disasterInTime())
    const facts = new Map(plan.facts)
    expect(facts.get('Slices')).toContain('1 of timeline 1, each proved, without a gap')
    expect(facts.get('Base')).toContain('read to its end: whole')
    expect(plan.loses).toEqual([
      expect.stringContaining('every write to medical_records after'),
      'that is nothing: no such write is in the oplog',
      'medical_records.stray (1 documents): it was not there then',
    ])
    expect(plan.steps.some(({ effect }) => effect === 'destroys')).toBe(true)
  })

  test('works from a base alone, at the moment that it is consistent at', async () => {
    const scene = await disasterInTime()
    const { seconds, ordinal } = scene.base.oplog?.last ?? { seconds: 0, ordinal: 0 }
    const { result } = await restored(scene, {
      time: `${seconds.toString()}:${ordinal.toString()}`,
    })
    expect(result.slices).toBe(0)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })

  test('reads a last slice first, then ends the timeline for good', async () => {
    const scene = await disasterInTime()
    await restored(scene)
    expect(scene.slices.manifests).toHaveLength(2)
    expect(scene.slices.gaps).toMatchObject([{ timeline: 1, reason: 'restored' }])
    expect(scene.slices.gaps[0]?.after).toEqual(scene.slices.manifests[1]?.end)
    expect(await scene.slice()).toMatchObject({ slices: [], baseNeeded: { why: 'no base' } })
  })

  test('goes on where the last slice cannot be read, and says so', async () => {
    const scene = await disasterInTime()
    scene.slices.refuse = new Failure('space', 'SHELF_FULL', 'the disk is full', ['df'])
    const { warnings } = await restored(scene)
    expect(warnings.join()).toContain('the newest moments could not be read')
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })

  test('goes on where the papers of the newest timeline cannot be read, and says so', async () => {
    const scene = await disasterInTime()
    const unreadable = () =>
      Promise.reject(new Failure('integrity', 'SLICES_UNREADABLE', 'a paper is torn', ['ls']))
    const plan = await planned(scene)
    scene.slices.state = unreadable
    const { warnings } = await carriedOut(plan, scene.world)
    expect(warnings.filter((text) => text.includes('a paper is torn'))).toHaveLength(2)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })

  test('opens what is encrypted with the keys that are there', async () => {
    const scene = await disasterInTime(wardKeys)
    expect(scene.slices.manifests[0]?.encrypted).toBe(true)
    await restored(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })

  test('keeps the slicer away until it is over', async () => {
    const scene = await disasterInTime()
    await restored(scene)
    const { log } = scene.locks
    expect(log.slice(-4)).toEqual([
      'take medical',
      'take medical.oplog',
      'release medical',
      'release medical.oplog',
    ])
  })

  test('waits for a slice under way', async () => {
    const scene = await disasterInTime()
    const held = await scene.locks.take('medical.oplog', 'pitr slice')
    // Watches of streams sleep longer, and never wake up.
    const sleep = async (milliseconds: number) => {
      if (milliseconds > 1000) return new Promise<void>(() => undefined)
      await held.release()
    }
    const world = { ...scene.world, clock: { ...scene.world.clock, sleep } }
    const { events } = await carriedOut(await planned({ ...scene, world }), world)
    expect(events).toContainEqual(
      expect.objectContaining({ text: 'a slice is being read: waiting for it' }),
    )
  })
})

describe('before anything is touched, it ends where', () => {
  const untouched = (scene: Awaited<ReturnType<typeof disasterInTime>>) => {
    const before = scene.server.state()
    return async (ending: Promise<unknown>) => {
      const failure = await failureIn(ending)
      expect(scene.server.state()).toEqual(before)
      expect(scene.server.log).toEqual([])
      return failure
    }
  }

  test('a slice is damaged', async () => {
    const scene = await disasterInTime()
    const [slice] = scene.slices.manifests
    const bytes = Buffer.from(scene.slices.files.get(slice?.file ?? '') ?? '')
    bytes.writeUInt8((bytes[30] ?? 0) ^ 1, 30)
    scene.slices.files.set(slice?.file ?? '', bytes)
    const ended = untouched(scene)
    const failure = await ended(planned(scene))
    expect(failure).toMatchObject({ code: 'MOMENT_UNREACHABLE', kind: 'not-found' })
    expect(failure.message).toContain('is damaged or missing, and no place has a sound copy')
  })

  test('no key opens what is needed', async () => {
    const scene = await disasterInTime(wardKeys)
    const ended = untouched(scene)
    const world = { ...scene.world, keys: noKeys }
    expect(await ended(planned({ ...scene, world }))).toMatchObject({ code: 'KEY_MISSING' })
  })

  test('the oplog holds what cannot be replayed', async () => {
    const command = { op: 'c', ns: 'medical_records.$cmd', o: { importCollection: 'x' } }
    const scene = await disasterInTime(undefined, [command])
    const ended = untouched(scene)
    const failure = await ended(planned(scene))
    expect(failure).toMatchObject({ code: 'SPLICE_CANNOT_REPLAY', kind: 'not-found' })
    expect(failure.next[0]).toContain('--to-time')
  })

  test('the user may not replay', async () => {
    const scene = await disasterInTime()
    scene.server.mischief.mayNotReplay = ['applyOps on the server']
    const ended = untouched(scene)
    expect(await ended(planned(scene))).toMatchObject({
      code: 'MONGO_UNAUTHORIZED',
      message: expect.stringContaining('applyOps on the server') as string,
    })
  })

  test('the server is not the primary, or of another release', async () => {
    const scene = await disasterInTime()
    const ended = untouched(scene)
    scene.server.facts = { ...scene.server.facts, primary: false }
    expect(await ended(planned(scene))).toMatchObject({ code: 'NOT_PRIMARY' })
    scene.server.facts = { ...scene.server.facts, primary: true, version: '7.0.1' }
    expect(await ended(planned(scene))).toMatchObject({ code: 'VERSION_MISMATCH' })
    expect((await planned(scene, { allowVersionMismatch: true })).title).toContain('restore')
  })

  test('nothing reaches the moment', async () => {
    const scene = await disasterInTime()
    const ended = untouched(scene)
    expect(await ended(planned(scene, { time: '1:1' }))).toMatchObject({
      code: 'MOMENT_UNREACHABLE',
    })
  })

  test('something was made after the plan', async () => {
    const scene = await disasterInTime()
    const plan = await planned(scene)
    scene.server.collection('medical_records', 'made', [{ _id: 1 }])
    const failure = await failureIn(carriedOut(plan, scene.world))
    expect(failure).toMatchObject({ code: 'PLAN_STALE', kind: 'refused' })
    expect(scene.server.log.filter((line) => line.startsWith('drop'))).toEqual([])
  })
})

describe('what changed on the disk after the plan', () => {
  const breaking = (scene: Awaited<ReturnType<typeof disasterInTime>>, path: string) => {
    const bytes = Buffer.from(scene.shelf.files.get(path) ?? '')
    bytes.writeUInt8((bytes[60] ?? 0) ^ 1, 60)
    scene.shelf.files.set(path, bytes)
  }

  test('ends it before anything is dropped, where it is the base', async () => {
    const scene = await disasterInTime()
    const before = scene.server.state()
    const plan = await planned(scene)
    breaking(scene, scene.base.path)
    const failure = await failureIn(carriedOut(plan, scene.world))
    expect(failure).toMatchObject({ code: 'ARCHIVE_CHANGED', kind: 'integrity' })
    expect(scene.server.state()).toEqual(before)
    expect(scene.slices.gaps).toEqual([])
    scene.clock.advance(60_000)
    scene.server.oplog.write()
    const { gap, baseNeeded } = await scene.slice()
    expect({ gap, baseNeeded }).toEqual({ gap: undefined, baseNeeded: undefined })
  })

  test('leaves what is there, where it is the way back', async () => {
    const scene = await disasterInTime()
    const plan = await planned(scene)
    scene.server.mischief.restoreExitCode = 1
    const steps = plan.steps.map((step) =>
      step.title.startsWith('Restore')
        ? {
            ...step,
            run: (context: Parameters<typeof step.run>[0]) =>
              step.run(context).finally(() => {
                const paths = [...scene.shelf.files.keys()]
                breaking(scene, paths.find((path) => path !== scene.base.path) ?? '')
              }),
          }
        : step,
    )
    const failure = await failureIn(carriedOut({ ...plan, steps }, scene.world))
    expect(failure.code).toBe('UNDO_INCOMPLETE')
    expect(Object.keys(scene.server.state()['medical_records'] ?? {})).not.toEqual([])
  })

  test('fails it, where the server was restarted before its journal had everything', async () => {
    const scene = await disasterInTime()
    scene.server.members = 1
    const { tools } = await scene.world.tools.choose(medical)
    const restarting: typeof tools = {
      ...tools,
      restore: async (...given) => {
        const outcome = await tools.restore(...given)
        scene.server.processId = 'another'
        return outcome
      },
    }
    const world = {
      ...scene.world,
      tools: { choose: () => Promise.resolve({ tools: restarting, because: 'the only one' }) },
    }
    const plan = await planned({ ...scene, world })
    const failure = await failureIn(carriedOut(plan, world))
    expect(failure.code).toBe('RESTORE_UNPROVED')
  })
})

describe('afterwards', () => {
  test('what is not as it was is found, and the state before is brought back', async () => {
    const scene = await disasterInTime()
    const before = scene.server.state()['medical_records']
    scene.server.mischief.restoreForgetsIndexes = true
    const plan = await planned(scene)
    const failure = await failureIn(
      carriedOut(
        {
          ...plan,
          steps: plan.steps.map((step) =>
            step.title.startsWith('Prove')
              ? {
                  ...step,
                  run: (context) =>
                    step.run(context).finally(() => {
                      scene.server.mischief.restoreForgetsIndexes = false
                    }),
                }
              : step,
          ),
        },
        scene.world,
      ),
    )
    expect(failure).toMatchObject({ code: 'MOMENT_DIFFERS', kind: 'integrity' })
    expect(failure.message).toContain('lacks its index')
    expect(failure.message).toContain('everything that was changed has been taken back')
    expect(scene.server.state()['medical_records']).toEqual(before)
  })

  test('a damaged base is passed over for an older one, and marked', async () => {
    const scene = await disasterInTime()
    scene.server.oplog.write()
    await scene.slice()
    const request = { target: medical, compression, safety: false }
    const backup = await takeBackup.plan(request, scene.world)
    const newer = (await carriedOut(backup, scene.world)).result
    scene.server.oplog.write()
    await scene.slice()
    const last = scene.slices.manifests.at(-1)?.end.at
    const bytes = Buffer.from(scene.shelf.files.get(newer.path) ?? '')
    bytes.writeUInt8((bytes[60] ?? 0) ^ 1, 60)
    scene.shelf.files.set(newer.path, bytes)
    const plan = await planned(scene, {
      time: `${(last?.seconds ?? 0).toString()}:${(last?.ordinal ?? 0).toString()}`,
    })
    expect(plan.warnings?.join()).toContain(`${newer.id} is damaged`)
    expect(new Map(plan.facts).get('Base')).toContain(scene.base.id)
    expect(scene.shelf.manifests.get(newer.id)?.trust).toBe('damaged')
  })
})
