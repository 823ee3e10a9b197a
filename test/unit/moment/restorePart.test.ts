import { describe, expect, test } from 'vitest'
import { wantedMoment } from '../../../src/domain/oplog/wantedMoment.js'
import type { MomentPartRequest } from '../../../src/procedures/moment/partFacts.js'
import { restorePart } from '../../../src/procedures/moment/restorePart.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { wardKeys } from '../../fakes/keys.js'
import { withScratch } from '../../fakes/scratch.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { failureIn } from '../archive/feeding.js'
import { disasterInTime } from './scene.js'

async function disaster(keys?: Parameters<typeof disasterInTime>[0]) {
  const scene = await disasterInTime(keys)
  return { ...scene, ...withScratch(scene) }
}

type Disaster = Awaited<ReturnType<typeof disaster>>

function planned(scene: Disaster, changes: Partial<MomentPartRequest> & { time?: string } = {}) {
  const { time = scene.time, ...more } = changes
  const request: MomentPartRequest = {
    target: medical,
    // The clock of the fakes stands earlier than the oplog's.
    wanted: wantedMoment(time, new Date('2030-01-01T00:00:00Z')),
    choice: { collection: 'healthcare_data' },
    safetyBackup: true,
    allowVersionMismatch: false,
    compression,
    signal: new AbortController().signal,
    ...more,
  }
  return restorePart.plan(request, scene.world)
}

async function restored(scene: Disaster, changes: Parameters<typeof planned>[1] = {}) {
  const plan = await planned(scene, changes)
  try {
    return await carriedOut(plan, scene.world)
  } finally {
    await plan.release?.()
  }
}

/** Files that are on the shelf for the time of a restore alone. */
const spooled = ({ shelf }: Disaster) =>
  [...shelf.files.keys()].filter((path) => path.endsWith('.spool'))

describe('a part of a moment', () => {
  test('one collection comes back from a scratch server, and nothing else is touched', async () => {
    const scene = await disaster()
    const { result, receipt } = await restored(scene)
    const now = scene.server.state()['medical_records'] ?? {}
    expect(now['healthcare_data']).toEqual(scene.good?.['healthcare_data'])
    expect(Object.keys(now).sort()).toEqual(['healthcare_data', 'stray'])
    expect(result).toMatchObject({
      id: scene.base.id,
      into: null,
      moment: { optime: scene.time },
      slices: 1,
      collections: { 'medical_records.healthcare_data': { documents: 20, expected: 20 } },
    })
    expect(receipt).toMatchObject({
      again: `ops restore --to-time ${scene.time} --database medical_records --collection healthcare_data --target medical`,
      touched: { databases: ['medical_records'], collection: 'healthcare_data' },
      safetyBackup: result.safetyBackup,
    })
    expect(scene.own.running.size).toBe(0)
    expect(spooled(scene)).toEqual([])
  })

  test('is taken back with "ops undo"', async () => {
    const scene = await disaster()
    const before = scene.server.state()
    const { receipt } = await restored(scene)
    const plan = await undo.plan(
      {
        receipt: receipt?.id ?? '',
        target: () => medical,
        safetyBackup: false,
        compression,
      },
      scene.world,
    )
    await carriedOut(plan, scene.world)
    expect(scene.server.state()).toEqual(before)
  })

  test('one database comes back whole: what was made in it since is gone', async () => {
    const scene = await disaster()
    const { result } = await restored(scene, { choice: { database: 'medical_records' } })
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(result.dropped).toEqual(['medical_records.stray'])
  })

  test('a copy of it is made beside the live database, and slices go on', async () => {
    const scene = await disaster()
    const before = scene.server.state()['medical_records']
    const { receipt } = await restored(scene, {
      choice: { collection: 'healthcare_data', into: 'copy' },
    })
    expect(scene.server.state()['medical_records']).toEqual(before)
    expect(scene.server.state()['copy']).toEqual({
      healthcare_data: scene.good?.['healthcare_data'],
    })
    expect(receipt?.created).toEqual(['copy'])
    expect(scene.slices.gaps).toEqual([])
  })

  test('ends the timeline of the slices, after a last one', async () => {
    const scene = await disaster()
    await restored(scene)
    expect(scene.slices.manifests).toHaveLength(2)
    expect(scene.slices.gaps).toMatchObject([{ timeline: 1, reason: 'restored' }])
  })

  test('says before what it does, what it takes and what is lost', async () => {
    const plan = await planned(await disaster())
    await plan.release?.()
    const facts = new Map(plan.facts)
    expect(plan.title).toContain('restore medical_records.healthcare_data of medical to')
    expect(facts.get('Scratch')).toMatch(/without a network: up to \d+ MB on the engine's disk/)
    expect(facts.has('Duration')).toBe(true)
    expect(facts.get('Collection')).toBe(
      'medical_records.healthcare_data: 20 documents then, 10 now',
    )
    expect(facts.get('Kept')).toContain('everything but medical_records.healthcare_data')
    expect(plan.loses).toEqual([
      expect.stringContaining('every write to medical_records.healthcare_data after'),
    ])
    const titles = plan.steps.map(({ title }) => title)
    expect(titles.indexOf('Take the part out of it, and remove it')).toBeLessThan(
      titles.findIndex((title) => title.startsWith('Stop the writers')),
    )
  })

  test('is on the disk only as encrypted as backups are', async () => {
    const scene = await disaster(wardKeys)
    const seen: boolean[] = []
    const spool = scene.shelf.spool.bind(scene.shelf)
    scene.shelf.spool = async (source) => {
      const done = await spool(source)
      seen.push(scene.shelf.files.get(done.path)?.includes('age-encryption.org') ?? false)
      return done
    }
    await restored(scene)
    expect(seen).toEqual([true])
    expect(scene.server.state()['medical_records']?.['healthcare_data']).toEqual(
      scene.good?.['healthcare_data'],
    )
  })
})

describe('before anything is touched, it ends where', () => {
  const untouched = async (scene: Disaster, act: () => Promise<unknown>) => {
    const before = scene.server.state()
    const failure = await failureIn(act())
    expect(scene.server.state()).toEqual(before)
    expect(scene.slices.gaps).toEqual([])
    expect(scene.own.running.size).toBe(0)
    expect(spooled(scene)).toEqual([])
    return failure
  }

  test.each([
    [{ collection: 'stray' }, 'medical_records.stray was not there'],
    [{ database: 'nowhere' }, 'nowhere was not there'],
  ])('%j was not there then', async (choice, says) => {
    const scene = await disaster()
    const failure = await untouched(scene, () => planned(scene, { choice }))
    expect(failure).toMatchObject({ code: 'PART_NOT_THERE', kind: 'not-found' })
    expect(failure.message).toContain(says)
  })

  test('it is not said which of several databases is meant', async () => {
    const scene = await disaster()
    const target = { ...medical, databases: [] }
    const failure = await untouched(scene, () => planned(scene, { target }))
    expect(failure).toMatchObject({ code: 'PART_AMBIGUOUS', kind: 'usage' })
  })

  test('the scratch server turns out not to be as it was then', async () => {
    const scene = await disaster()
    scene.scratch.mischief.restoreLoses = true
    const failure = await untouched(scene, () => restored(scene))
    expect(failure).toMatchObject({ code: 'MOMENT_DIFFERS', kind: 'integrity' })
    expect(failure.message).toContain('19 documents instead of 20')
  })

  test('the scratch server has something that was not there then', async () => {
    const scene = await disaster()
    scene.scratch.collection('medical_records', 'surplus', [{ _id: 1 }])
    const choice = { database: 'medical_records' }
    const failure = await untouched(scene, () => restored(scene, { choice }))
    expect(failure).toMatchObject({ code: 'MOMENT_DIFFERS', kind: 'integrity' })
    expect(failure.message).toContain('medical_records.surplus is there, and was not then')
  })

  test('what is taken out of it is not all of it', async () => {
    const scene = await disaster()
    scene.scratch.mischief.blindTo = ['healthcare_data']
    const failure = await untouched(scene, () => restored(scene))
    expect(failure).toMatchObject({ code: 'MOMENT_DIFFERS', kind: 'integrity' })
    expect(failure.message).toContain('is not in what was taken out')
  })

  test('the dump of it fails', async () => {
    const scene = await disaster()
    scene.scratch.mischief.dumpExitCode = 1
    const failure = await untouched(scene, () => restored(scene))
    expect(failure).toMatchObject({ code: 'DUMP_FAILED' })
  })

  test('the disk of the shelf is too small for it', async () => {
    const scene = await disaster()
    scene.shelf.free = 10
    const failure = await untouched(scene, () => planned(scene))
    expect(failure).toMatchObject({ code: 'SHELF_TOO_SMALL', kind: 'space' })
  })
})
