import { describe, expect, test } from 'vitest'
import { mayDropWrites, type DataFilesFacts } from '../../../src/domain/dataFiles.js'
import { carriedOut } from '../../fakes/world.js'
import { impatient, planned, restored, withCopy, type Scene } from './scene.js'

describe('writes that were not journaled when the files were copied', () => {
  const journaled = { seconds: 1_795_267_323, ordinal: 7 }
  const withUnjournaled = async () => {
    const scene = await withCopy((server) => {
      if (server.times) server.times = { ...server.times, journaled }
    })
    expect(scene.entry.manifest.dataFiles).toMatchObject({ journaled })
    return scene
  }

  test('are kept: the unpacked files are made ready before anything is stopped', async () => {
    const scene = await withUnjournaled()
    const plan = await planned(scene)
    const titles = plan.steps.map(({ title }) => title)
    expect(titles.slice(0, 3)).toEqual([
      'Unpack the files beside those in place, and prove every byte',
      'Keep the writes that were not journaled yet',
      'Stop the writers: api',
    ])
    await carriedOut(plan, impatient(scene))
    expect(scene.dataVolumes.log).toEqual(['unpack', 'keep', 'exchange restored'])
  })

  test('cannot be kept: nothing was stopped, nothing is left behind', async () => {
    const scene = await withUnjournaled()
    scene.dataVolumes.mischief = { fails: ['keep'] }
    await expect(restored(scene)).rejects.toMatchObject({ code: 'DATA_VOLUME_FAILED' })
    expect(scene.stack.log).toEqual([])
    expect(scene.dataVolumes.inPlace).toBe('before')
    expect(scene.dataVolumes.kept.size).toBe(0)
  })

  test('were dropped all the same: the files before come back', async () => {
    const scene = await withUnjournaled()
    scene.server.mischief.dropsLastWrites = true
    await expect(restored(scene)).rejects.toMatchObject({
      code: 'RESTORE_DIFFERS',
      message: expect.stringContaining('dropped the newest of its writes') as string,
    })
    expect(scene.dataVolumes.inPlace).toBe('before')
  })

  test.each([
    ['none were', true, {}, false],
    ['a standalone', false, {}, false],
    ['an older release did not look', true, { journaled: undefined }, true],
  ])('%s', (_when, set, changes, may) => {
    const lastWrite = { seconds: 1, ordinal: 1 }
    const facts = { members: set ? ['mongodb:27017'] : [], lastWrite, journaled: lastWrite }
    const { members, ...times } = { ...facts, ...changes }
    const known = times.journaled ? { lastWrite, journaled: times.journaled } : {}
    expect(mayDropWrites({ members, ...known })).toBe(may)
  })
})

describe('documents that are counted after a restore', () => {
  const missing = 'medical_records.healthcare_data has 39 documents'
  const losing = (scene: Scene, says: number) => {
    // Files say how many documents there are, no matter how many there are.
    const connect = scene.server.connect.bind(scene.server)
    scene.server.connect = async () => {
      const session = await connect()
      return {
        ...session,
        namespaces: async (databases, count) =>
          (await session.namespaces(databases, count)).map((namespace) => ({
            ...namespace,
            documents: count === 'exactly' ? 39 : says,
          })),
      }
    }
    return scene
  }

  test('are missing although the server says that they are there: the files before come back', async () => {
    const scene = losing(await withCopy(), 40)
    await expect(restored(scene)).rejects.toMatchObject({ code: 'RESTORE_DIFFERS' })
    expect(scene.dataVolumes.inPlace).toBe('before')
  })

  test('differ where nobody had counted: told, in words that leave both open', async () => {
    const scene = await withCopy((server) => {
      server.mischief.forgets = ['healthcare_data']
    })
    const { warnings } = await restored(losing(scene, 40))
    expect(warnings).toEqual([expect.stringContaining(missing)])
    expect(warnings[0]).toContain('or documents are missing')
  })

  test('differ where nobody had counted, and the server says something else again: the files before come back', async () => {
    const scene = await withCopy((server) => {
      server.mischief.forgets = ['healthcare_data']
    })
    await expect(restored(losing(scene, 41))).rejects.toMatchObject({ code: 'RESTORE_DIFFERS' })
    expect(scene.dataVolumes.inPlace).toBe('before')
  })

  test('of an older copy, whose manifest does not say what was counted, are treated as not counted', async () => {
    const scene = await withCopy()
    const { manifest } = scene.entry
    if (!manifest.dataFiles) throw new Error('it is a copy of data files')
    const older = Object.fromEntries(
      Object.entries(manifest.dataFiles).filter(
        ([name]) => !['estimated', 'lastWrite', 'journaled'].includes(name),
      ),
    ) as unknown as DataFilesFacts
    const entry = { ...scene.entry, manifest: { ...manifest, dataFiles: older } }
    const { warnings } = await restored(losing({ ...scene, entry }, 40))
    expect(warnings).toEqual([expect.stringContaining(missing)])
    expect(scene.dataVolumes.log).toContain('keep')
  })
})
