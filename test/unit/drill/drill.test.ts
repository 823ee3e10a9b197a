import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { carryOut } from '../../../src/procedures/carryOut.js'
import { drill } from '../../../src/procedures/drill/drill.js'
import type { DrillRequest, DrillWorld } from '../../../src/procedures/drill/drillRequest.js'
import type { Scenario, Ward } from '../../../src/procedures/drill/scenario.js'
import { chooseScenarios } from '../../../src/procedures/drill/scenarios.js'
import { FakeLaboratory } from '../../fakes/laboratory.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** A disaster that leaves a note, and a recovery that takes ten seconds. */
function scenario(changes: Partial<Scenario> = {}): Scenario {
  return {
    name: 'pretended',
    summary: 'nothing happens',
    guideSeconds: 120,
    mayLose: false,
    copies: 0,
    strikes: [
      { what: (service) => `${service} was hit`, inject: ({ clone }) => clone.kill('mongodb') },
    ],
    recover: () => Promise.resolve(),
    ...changes,
  }
}

/** A hospital with a backup of forty patients, and a laboratory. */
async function scene(changes: Partial<DrillRequest> = {}) {
  const real = fakeWorld()
  const patients = Array.from({ length: 40 }, (_, at) => ({ _id: at, name: 'Bobby' }))
  real.server.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  const backup = { target: medical, compression, safety: false }
  await carriedOut(await takeBackup.plan(backup, real.world), real.world)
  real.clock.advance(3_600_000)
  const laboratory = new FakeLaboratory()
  laboratory.lent = (path) => real.shelf.files.get(path) ?? Buffer.alloc(0)
  const hosts = { open: () => Promise.reject(new Error('no bare host was expected')) }
  const world: DrillWorld = { ...real.world, clock: real.clock, laboratory, hosts }
  const request: DrillRequest = {
    scenario: scenario(),
    target: medical,
    targets: [medical],
    everything: false,
    objectives: { rtoSeconds: 3600, rpoSeconds: 300 },
    compression,
    everySeconds: 60,
    timeoutSeconds: 10,
    signal: new AbortController().signal,
    ...changes,
  }
  const warnings: string[] = []
  const run = async () =>
    (
      await carryOut(await drill.plan(request, world), world, {
        signal: request.signal,
        tell: () => undefined,
        warn: (text) => warnings.push(text),
      })
    ).result
  return { ...real, world, laboratory, request, run, warnings }
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Failure,
  )

describe('a drill', () => {
  test('fills a clone, hits it, has it recovered, counts, records and removes it', async () => {
    const { run, laboratory, drills, server, shelf, receipts } = await scene()
    const before = { data: server.state(), backups: [...shelf.manifests.keys()] }
    const result = await run()
    const { backup } = result
    expect(laboratory.log).toEqual([
      `lend ${backup ?? ''}`,
      'write medical_records.ops_drill_writes from 1',
      'kill mongodb',
      'remove',
    ])
    expect(laboratory.inside.server.state()['medical_records']).toEqual(
      before.data['medical_records'],
    )
    expect(result).toMatchObject({
      outcome: 'kept',
      lostOperations: 0,
      strikes: [{ what: 'mongodb was hit', operations: 2 }],
      file: `/state/drills/${result.id}.json`,
    })
    expect(drills.all.map(({ id }) => id)).toEqual([result.id])
    expect({ data: server.state(), backups: [...shelf.manifests.keys()] }).toEqual(before)
    expect(await receipts.list()).toEqual([])
  })

  test('has the server and what it needs in its clone, never a job', async () => {
    const one = await scene()
    await one.run()
    expect(Object.keys(one.laboratory.opened?.services ?? {})).toEqual(['mongodb'])
    const all = await scene({ everything: true })
    await all.run()
    expect(Object.keys(all.laboratory.opened?.services ?? {})).toEqual(['mongodb', 'api'])
  })

  test('signs in to the clone as the user that its image makes', async () => {
    let ward: Ward | undefined
    const { run } = await scene({
      scenario: scenario({
        recover: (it) => {
          ward = it
          return Promise.resolve()
        },
      }),
    })
    await run()
    const { username, password } = ward?.target.credentials ?? {}
    const text = (reference: typeof username) =>
      reference?.from === 'value' ? reference.value.reveal() : undefined
    expect([text(username), text(password)]).toEqual(['root', 'a$b'])
    expect(ward?.target.writers).toEqual([])
  })

  test('takes the time from the disaster to the proof, and misses what takes longer than was promised', async () => {
    const it = await scene({ objectives: { rtoSeconds: 9, rpoSeconds: 300 } })
    const slow = scenario({
      recover: () => {
        it.clock.advance(10_000)
        return Promise.resolve()
      },
    })
    const plan = await drill.plan({ ...it.request, scenario: slow }, it.world)
    const { result } = await carriedOut(plan, it.world)
    expect(result).toMatchObject({ outcome: 'missed', rtoSeconds: 10, missed: ['rto'] })
    expect(plan.steps.map(({ title }) => title)).toContain('Write, until mongodb was hit')
  })

  test('counts what is missing; where nothing came back, the age of the backup is lost too', async () => {
    const off = { ...medical, pointInTime: false }
    const it = await scene({ target: off, scenario: scenario({ mayLose: true }) })
    it.laboratory.survivors = []
    const { lostOperations, rpoSeconds, missed } = await it.run()
    expect(lostOperations).toBe(2)
    expect(rpoSeconds).toBeGreaterThan(3_600)
    expect(missed).toEqual(['rpo'])
  })

  test('of what comes back from a place has a copy made, and no protection of its own', async () => {
    const it = await scene({
      scenario: scenario({
        mayLose: true,
        fromPlace: true,
        strikes: [{ what: () => 'all was removed', inject: ({ clone }) => clone.vanish() }],
      }),
    })
    it.laboratory.survivors = []
    const { backup, rpoSeconds } = await it.run()
    expect(it.laboratory.log).toEqual([
      `lend ${backup ?? ''}`,
      `copy away ${backup ?? ''}`,
      'write medical_records.ops_drill_writes from 1',
      'vanish',
      'remove',
    ])
    expect(rpoSeconds).toBeGreaterThan(3_600)
    const plan = await drill.plan(it.request, it.world)
    expect(plan.facts).toContainEqual(['Comes back from', 'a copy that is made for the drill'])
    expect(plan.warnings?.join()).toContain('backup.copies names no place')
  })

  test('fails where something is not what it was, although the recovery called itself good', async () => {
    const it = await scene()
    const careless = scenario({
      recover: () => {
        it.laboratory.inside.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
        return Promise.resolve()
      },
    })
    const plan = await drill.plan({ ...it.request, scenario: careless }, it.world)
    const failure = await failureOf(carriedOut(plan, it.world))
    expect(failure).toMatchObject({ kind: 'integrity', code: 'DRILL_DATA_WRONG' })
    expect(failure?.facts['code']).toBe('DRILL_DIFFERS')
    expect(failure?.message).toContain('medical_records.healthcare_data')
    expect(it.drills.all).toMatchObject([
      { outcome: 'failed', rtoSeconds: null, error: { code: 'DRILL_DIFFERS' } },
    ])
    expect(it.laboratory.log.at(-1)).toBe('remove')
  })

  test('fails where the recovery does, whatever for', async () => {
    const failing = scenario({
      recover: () => Promise.reject(new Failure('environment', 'TOOL_MISSING', 'no tool', [])),
    })
    const it = await scene({ scenario: failing })
    const failure = await failureOf(it.run())
    expect(failure).toMatchObject({ kind: 'failed', code: 'DRILL_FAILED' })
    expect(it.drills.all).toMatchObject([{ outcome: 'failed', error: { code: 'TOOL_MISSING' } }])
    expect(it.laboratory.log.at(-1)).toBe('remove')
  })

  test('initiates a set that somebody had initiated by hand, once its server answers: a clone has none', async () => {
    const it = await scene()
    const { server, clock } = it.laboratory.inside
    it.laboratory.sleep = async (milliseconds) => {
      clock.advance(milliseconds)
      await new Promise(setImmediate)
    }
    const { replicaSet, ...alone } = server.facts
    server.facts = { ...alone, primary: false }
    const connect = server.connect.bind(server)
    server.connect = () =>
      clock.elapsed() < 15_000
        ? Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'not yet', []))
        : connect()
    const plan = await drill.plan({ ...it.request, timeoutSeconds: 60 }, it.world)
    expect((await carriedOut(plan, it.world)).result).toMatchObject({ outcome: 'kept' })
    expect(server.log).toContain('initiate rs0 mongodb:27018')
    expect(server.facts.replicaSet).toBe(replicaSet)
  })

  test('whose clone cannot be made is recorded as failed', async () => {
    const it = await scene()
    const { server, clock } = it.laboratory.inside
    it.laboratory.sleep = (milliseconds) => clock.sleep(milliseconds)
    server.connect = () =>
      Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'nobody answers', []))
    const failure = await failureOf(it.run())
    expect(failure).toMatchObject({ kind: 'environment', code: 'DRILL_NOT_MADE' })
    expect(it.drills.all).toMatchObject([
      { outcome: 'failed', rtoSeconds: null, error: { code: 'MONGO_UNREACHABLE' } },
    ])
    expect(it.laboratory.log).toEqual(['remove'])
  })

  test('fails where the writes had ended before the disaster: nothing could be lost', async () => {
    const it = await scene()
    it.laboratory.wroteUntil = it.clock.now().getTime()
    const failure = await failureOf(it.run())
    expect(failure).toMatchObject({ kind: 'failed', code: 'DRILL_FAILED' })
    expect(it.drills.all).toMatchObject([
      { outcome: 'failed', error: { code: 'DRILL_WRITES_STOPPED' } },
    ])
    expect(it.laboratory.log).not.toContain('kill mongodb')
  })

  test('fails with the name of the backup where that is damaged, and says so for good', async () => {
    const it = await scene()
    const [id = ''] = it.shelf.manifests.keys()
    it.laboratory.lent = (path) => {
      const bytes = Buffer.from(it.shelf.files.get(path) ?? '')
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff
      return bytes
    }
    const failure = await failureOf(it.run())
    expect(failure).toMatchObject({ kind: 'integrity', code: 'DRILL_DATA_WRONG' })
    expect(failure?.message).toContain(id)
    expect(it.drills.all).toMatchObject([{ outcome: 'failed', backup: id, fillSeconds: null }])
    expect(it.shelf.manifests.get(id)?.trust).toBe('sound')
    expect(it.laboratory.log.at(-1)).toBe('remove')
  })

  test('says what it removed of earlier drills, and which newer backups cannot be relied on', async () => {
    const it = await scene()
    it.laboratory.left = ['ops-drill-9-mongodb-1']
    const [id = ''] = it.shelf.manifests.keys()
    const newer = it.shelf.manifests.get(id)
    if (!newer) throw new Error('there is a backup')
    it.shelf.manifests.set('medical-20261122T000000Z', {
      ...newer,
      id: 'medical-20261122T000000Z',
      takenAt: '2026-11-22T00:00:00.000Z',
      trust: 'damaged',
      judgement: 'CRC differs',
    })
    const plan = await drill.plan(it.request, it.world)
    expect(plan.warnings?.join()).toContain('medical-20261122T000000Z is newer')
    await it.run()
    expect(it.warnings.join()).toContain('removed ops-drill-9-mongodb-1')
  })
})

describe('a drill is refused', () => {
  test('where the clone does not fit, in disk or memory', async () => {
    const it = await scene()
    it.laboratory.found = { freeBytes: 1e8, freeMemoryBytes: 1e6 }
    const failure = await failureOf(it.run())
    expect(failure).toMatchObject({ kind: 'space', code: 'DRILL_NO_ROOM' })
    expect(failure?.message).toMatch(/of disk, .* of memory/)
    expect(it.laboratory.log).toEqual([])
  })

  test('where there is no stack, or the server is no service of it', async () => {
    const it = await scene()
    const { stack, ...without } = it.world
    expect(stack).toBeDefined()
    const bare = await failureOf(drill.plan(it.request, without))
    expect(bare).toMatchObject({ code: 'STACK_MISSING' })
    const target = { ...medical, place: { kind: 'container' as const, container: 'elsewhere' } }
    const other = await failureOf(drill.plan({ ...it.request, target }, it.world))
    expect(other).toMatchObject({ kind: 'refused', code: 'DRILL_NO_SERVICE' })
  })

  test('a container that a service gives its name to is that service', async () => {
    const it = await scene()
    const target = { ...medical, place: { kind: 'container' as const, container: 'healthcare_db' } }
    expect((await drill.plan({ ...it.request, target }, it.world)).title).toContain('pretended')
  })

  test('where an image is not on the engine', async () => {
    const it = await scene()
    const engine = { ...it.world.engine, image: () => Promise.resolve(undefined) }
    const failure = await failureOf(drill.plan(it.request, { ...it.world, engine }))
    expect(failure).toMatchObject({ kind: 'environment', code: 'DRILL_IMAGE_MISSING' })
  })

  test('for a scenario that there is not', () => {
    expect(() => chooseScenarios('contianer')).toThrow('did you mean "container"?')
    expect(() => chooseScenarios('contianer')).toThrow(
      expect.objectContaining({ code: 'SCENARIO_UNKNOWN' }),
    )
  })
})
