import { describe, expect, test } from 'vitest'
import { statusOf } from '../../../src/checks/status/status.js'
import { Failure } from '../../../src/domain/failure.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import type { World } from '../../../src/ports/world.js'
import { lookAtStatus } from '../../../src/procedures/status/lookAtStatus.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { medical } from '../../fakes/world.js'
import { disasterInTime } from '../moment/scene.js'

const insert = { op: 'i', ns: 'medical_records.visits', o: { _id: 1 } }
const promised = { rtoSeconds: 3600, rpoSeconds: 300, backupAgeSeconds: 26 * 3600 }

function asked(changes: Partial<Parameters<typeof lookAtStatus>[0]> = {}) {
  const { signal } = new AbortController()
  const targets = [medical]
  return {
    targets,
    promised,
    shelf: '/shelf',
    everySeconds: 60,
    timeZone: 'UTC',
    signal,
    ...changes,
  }
}

/** Deadlines of what hangs pass at once; nothing else is ever late. */
const impatient = (world: World): World => ({
  ...world,
  clock: {
    ...world.clock,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, 50)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(signal.reason as Error)
        })
      }),
  },
})

describe('a look at everything', () => {
  test('finds what slices lead to, and counts what was written since', async () => {
    const scene = await disasterInTime()
    for (const entry of [insert, insert, { ...insert, ns: 'config.x' }])
      scene.server.oplog.write(entry)
    // Later than the oplog's clock, which stands at 13:22.
    scene.clock.advance(30 * 60_000)
    const saves = scene.receipts.saves.length
    const [target] = statusOf(await lookAtStatus(asked(), scene.world)).targets
    expect(target).toMatchObject({
      backup: { id: scene.base.id, trust: 'sound', copies: [] },
      rpo: { operations: 2, isMinimum: false, from: { id: scene.base.id, kind: 'slices' } },
      hostRpo: { seconds: null, operations: null, from: null },
      rto: null,
    })
    expect(target?.rpo.seconds).toBeGreaterThan(600)
    expect(scene.receipts.saves).toHaveLength(saves)
    expect(scene.server.log).toEqual([])
  })

  test('counts for this machine from what the places have', async () => {
    const scene = await disasterInTime(undefined, [insert, insert])
    const usb = new FakePlace()
    const [entry] = await scene.shelf.list()
    if (!entry) throw new Error('a backup')
    usb.manifests.set(entry.manifest.id, entry.manifest)
    usb.files.set(entry.manifest.id, scene.shelf.files.get(entry.path) ?? Buffer.alloc(0))
    const world = { ...scene.world, copies: [usb, new FakePlace('empty')] }
    const evidence = await lookAtStatus(asked(), world)
    expect(evidence.targets[0]?.places).toMatchObject([
      { name: 'usb', holdsNewest: true },
      { name: 'empty', holdsNewest: false },
    ])
    const [target] = statusOf(await lookAtStatus(asked(), world)).targets
    expect(target?.rpo).toMatchObject({ operations: 0, seconds: 0 })
    expect(target?.hostRpo).toMatchObject({ operations: 2, from: { kind: 'backup' } })
  })

  test('tells that the file of a backup was written to after it was last read', async () => {
    const scene = await disasterInTime()
    const [entry] = await scene.shelf.list()
    if (!entry) throw new Error('a backup')
    const changed = async (seconds: number) => {
      const moment = new Date(Date.parse(entry.manifest.judgedAt) + seconds * 1000)
      scene.shelf.written.set(entry.path, moment.toISOString())
      const { catalog } = (await lookAtStatus(asked(), scene.world)).targets[0] ?? {}
      return catalog?.state === 'seen' ? catalog.facts.newestGood?.changed : 'unseen'
    }
    expect(await changed(-5)).toBeUndefined()
    // The clock of a disk may be another one.
    expect(await changed(5)).toBeUndefined()
    expect(await changed(60)).toBe(true)
  })

  test('goes by no backup that lacks a database of the target', async () => {
    const scene = await disasterInTime()
    const targets = [{ ...medical, databases: ['medical_records', 'ward_b'] }]
    const rpo = async () =>
      statusOf(await lookAtStatus(asked({ targets }), scene.world)).targets[0]?.rpo.from
    expect(await rpo()).toMatchObject({ kind: 'slices' })
    const [entry] = await scene.shelf.list()
    if (!entry) throw new Error('a backup')
    const partial = { ...entry.manifest, wholeInstance: false, databases: ['medical_records'] }
    scene.shelf.manifests.set(partial.id, partial)
    expect(await rpo()).toBeNull()
    const { problems } = statusOf(await lookAtStatus(asked({ targets }), scene.world))
    expect(problems.find(({ id }) => id === 'medical.rpo')?.because).toBe('in none: ward_b')
    scene.shelf.manifests.set(partial.id, { ...partial, databases: ['ward_b', 'medical_records'] })
    expect(await rpo()).toMatchObject({ kind: 'backup' })
  })

  test('goes on past what hangs and what throws, and calls neither good', async () => {
    const scene = await disasterInTime()
    const usb = new FakePlace()
    usb.refuse = new Failure('environment', 'COPY_NOT_MOUNTED', 'it is not mounted', ['mount'])
    const world = impatient({
      ...scene.world,
      copies: [usb],
      mongo: { connect: () => new Promise(() => undefined) },
      compose: { ...scene.world.compose, project: () => Promise.reject(new Error('no compose')) },
    })
    const schedule = () => new Promise<never>(() => undefined)
    const evidence = await lookAtStatus(asked({ schedule }), world)
    expect(evidence).toMatchObject({
      services: { state: 'unseen', because: 'Error: no compose' },
      schedule: { state: 'unseen', because: 'no answer within 6 s' },
      room: { state: 'seen' },
      targets: [
        {
          catalog: { state: 'seen' },
          shelf: { state: 'seen' },
          places: [{ name: 'usb', held: { state: 'refused', code: 'COPY_NOT_MOUNTED' } }],
          withoutServer: { lost: { state: 'unseen' } },
          slices: { state: 'unseen' },
        },
      ],
    })
    const status = statusOf(evidence)
    expect(status.verdict).not.toBe('ok')
    expect(status).toMatchObject({ services: [], next: [] })
  })

  test('a record that cannot be read may be that of a restore that was cut off', async () => {
    const scene = await disasterInTime()
    const receipts = {
      ...scene.world.receipts,
      unreadable: () => Promise.resolve([{ file: '/state/1.json', reason: 'it is not JSON' }]),
    }
    const evidence = await lookAtStatus(asked(), { ...scene.world, receipts })
    expect(evidence.targets[0]?.cutOff).toMatchObject({ code: 'STATE_UNREADABLE' })
  })

  test('a recovery of the system that was cut off is told of each of its targets', async () => {
    const scene = await disasterInTime()
    const cutOff: Receipt = {
      ...{ version: 1, id: 'cut-off', command: 'dr container', target: 'healthcare' },
      ...{ title: 'bring mongodb back', again: 'ops dr container mongodb', state: 'started' },
      ...{ startedAt: '2026-11-21T13:00:00Z', actor: 'anna', host: 'ward', pid: 7, steps: [] },
      containers: { project: 'healthcare', services: ['mongodb'], targets: ['medical'] },
    }
    await scene.receipts.save(cutOff)
    scene.receipts.gone.add('cut-off')
    const { problems } = statusOf(await lookAtStatus(asked(), scene.world))
    expect(problems.find(({ id }) => id === 'medical.cut-off')).toMatchObject({
      severity: 'fail',
      because: expect.stringContaining('no data was changed') as string,
      next: ['ops dr container mongodb'],
    })
  })

  test('a standalone has nothing to count from, and needs nothing to', async () => {
    const scene = await disasterInTime()
    const { replicaSet, ...standalone } = scene.server.facts
    expect(replicaSet).toBeDefined()
    scene.server.facts = standalone
    const target = { ...medical, pointInTime: false }
    const evidence = await lookAtStatus(asked({ targets: [target] }), scene.world)
    expect(evidence.targets[0]?.withoutServer.lost).toEqual({ state: 'seen', facts: null })
    expect(evidence.targets[0]).not.toHaveProperty('slices')
  })
})
