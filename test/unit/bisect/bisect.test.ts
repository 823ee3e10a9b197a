import { Long, serialize, Timestamp, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { bisect } from '../../../src/procedures/dr/bisect/bisect.js'
import { failureIn } from '../archive/feeding.js'
import { carriedOut } from '../../fakes/world.js'
import { asking, bisected, hospital, withoutSlices } from './scene.js'

const visits = 'medical_records.visits'
const right = (optime: string) => {
  const [seconds = ''] = optime.split(':')
  return `${seconds}:0`
}

describe('the operation that broke the data', () => {
  test('is found between two backups, with what to type to be right before it', async () => {
    const scene = hospital()
    for (let taken = 0; taken < 5; taken++) {
      await scene.backup()
      await scene.work(3)
    }
    await scene.work(20)
    const optime = await scene.update(3, { broken: true, note: 'of a patient' })
    await scene.work(20)
    await scene.backup()
    await scene.work(2)
    const before = scene.server.state()
    const { result } = await bisected(scene)
    expect(result).toMatchObject({
      target: 'medical',
      namespace: visits,
      found: 'operation',
      clean: { optime: right(optime) },
      dirty: { optime },
      matching: { clean: 0, dirty: 1 },
      operation: { kinds: ['update'], documents: 1, ids: ['3'], optime, isTransaction: false },
      missing: null,
      restore: `ops restore --to-time ${right(optime)} --database medical_records --collection visits --target medical`,
    })
    // Of six backups: both ends and one or two between; then the few entries that wrote to what matches.
    expect(result.probes.backups).toBeLessThanOrEqual(5)
    expect(result.probes.moments).toBeLessThanOrEqual(6)
    expect(scene.server.state()).toEqual(before)
    expect(JSON.stringify(result)).not.toContain('of a patient')
    expect(scene.own.running.size).toBe(0)
  })

  test('is found behind the newest backup, in what the oplog has up to now', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(5)
    const optime = await scene.insert({ _id: 7000, broken: true })
    await scene.work(5)
    const { result } = await bisected(scene)
    expect(result).toMatchObject({
      found: 'operation',
      operation: { kinds: ['insert'], ids: ['7000'], optime },
    })
    expect(scene.slices.manifests.length).toBeGreaterThan(0)
  })

  test('is the first of those that still match, where many documents were broken one after the other', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(4)
    const optime = await scene.update(1, { broken: true })
    for (const id of [2, 3, 4]) await scene.update(id, { broken: true })
    await scene.backup()
    expect((await bisected(scene)).result.operation).toMatchObject({ optime, ids: ['1'] })
  })

  test('is found although the document that it broke is gone again', async () => {
    const scene = hospital()
    await scene.backup()
    const optime = await scene.update(1, { broken: true })
    await scene.work(2)
    await scene.update(2, { broken: true })
    await scene.remove(1)
    await scene.backup()
    expect((await bisected(scene)).result.operation).toMatchObject({ optime })
  })

  test('is a whole transaction where it was one', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(3)
    const op = (id: number, broken: boolean) => ({
      ...{ op: 'u', ns: visits, o: { _id: id, broken }, o2: { _id: id } },
    })
    const lsid = { id: 1 }
    const optime = await scene.write({
      op: 'c',
      ns: 'admin.$cmd',
      lsid,
      txnNumber: 1,
      o: { applyOps: [op(0, false), op(1, true), op(2, true)] },
    })
    await scene.work(3)
    await scene.backup()
    expect((await bisected(scene)).result).toMatchObject({
      operation: { optime, documents: 3, isTransaction: true, ids: ['1', '2'] },
      matching: { dirty: 2 },
    })
  })
})

describe('a transaction of several entries', () => {
  test('is told with all that it wrote, though its last entry wrote something else', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(3)
    const op = (id: number, broken: boolean) => ({
      ...{ op: 'u', ns: visits, o: { _id: id, broken }, o2: { _id: id } },
    })
    const part = (o: Document, seconds: number) => ({
      ...{ op: 'c', ns: 'admin.$cmd', lsid: { id: 1 }, txnNumber: 1, o },
      prevOpTime: { ts: new Timestamp({ t: seconds, i: seconds }), t: Long.fromInt(seconds || -1) },
    })
    await scene.write(part({ applyOps: [op(1, true), op(2, true)], partialTxn: true }, 0))
    await scene.work(2)
    const optime = await scene.write(part({ applyOps: [op(0, false)] }, 9))
    await scene.work(2)
    await scene.backup()
    expect((await bisected(scene)).result).toMatchObject({
      operation: { optime, documents: 3, isTransaction: true, ids: ['1', '2'] },
      matching: { dirty: 2 },
    })
  })
})

describe('without an operation to name', () => {
  test('it prints no command to restore what was not there', async () => {
    const scene = hospital()
    const all = scene.server.databases.get('medical_records')
    const then = all?.get('visits')
    all?.delete('visits')
    await scene.backup()
    if (then) all?.set('visits', then)
    await scene.insert({ broken: true })
    const { result } = await bisected(scene, { target: withoutSlices })
    expect(result).toMatchObject({ found: 'states', restore: null })
  })

  test('it says that slices ended, and what begins them anew', async () => {
    const scene = hospital()
    const clean = await scene.backup()
    await scene.work(2)
    await scene.slice()
    await scene.work(2)
    await scene.insert({ broken: true })
    scene.server.oplog.forget(4)
    const { result } = await bisected(scene)
    expect(result).toMatchObject({ found: 'states', operation: null })
    expect(result.restore).toContain('ops restore --to-time')
    expect(result.clean.backup).not.toBe(clean)
    expect(result.missing).toContain('entries left the oplog before they were read')
    expect(result.missing).toContain('"ops pitr slice --base"')
  })

  test('it says what it knows by the backups where the server does not answer any more', async () => {
    const scene = hospital()
    const clean = await scene.backup()
    await scene.insert({ broken: true })
    const { mongo } = scene.world
    let isGone = false
    const connect: typeof mongo.connect = (target, signal) =>
      isGone && target.place.kind !== 'container'
        ? Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'it is down', []))
        : mongo.connect(target, signal)
    const world = { ...scene.world, mongo: { ...mongo, connect } }
    const plan = await bisect.plan(asking(), world)
    isGone = true
    const { result } = await carriedOut(plan, world).finally(() => plan.release?.())
    expect(result).toMatchObject({
      found: 'states',
      clean: { backup: clean },
      missing: 'it is down',
    })
  })

  test('it says between which two backups it happened, and what is missing: no slices are kept', async () => {
    const scene = hospital()
    const clean = await scene.backup()
    await scene.insert({ broken: true })
    const { result } = await bisected(scene, { target: withoutSlices })
    expect(result).toMatchObject({
      found: 'states',
      clean: { backup: clean },
      matching: { dirty: 1 },
      operation: null,
      restore: `ops restore ${clean} --database medical_records --collection visits --target medical`,
    })
    expect(result.dirty.backup).toBeUndefined()
    expect(result.missing).toContain('no slices of the oplog are kept')
  })

  test('it says between which two backups it happened: a slice between them is gone', async () => {
    const scene = hospital()
    const clean = await scene.backup()
    await scene.work(2)
    await scene.insert({ broken: true })
    await scene.slice()
    await scene.work(2)
    const dirty = await scene.backup()
    for (const { file } of scene.slices.manifests) scene.slices.files.delete(file)
    const { result } = await bisected(scene)
    expect(result).toMatchObject({
      found: 'states',
      clean: { backup: clean },
      dirty: { backup: dirty },
    })
    expect(result.missing).toMatch(/reach|gap/)
  })

  test('a query that goes by the time is told as a stretch that nothing explains', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(1)
    scene.server.oplog.write()
    await scene.backup()
    // What matches in the second backup matches in no state that the oplog leads to.
    const matching = scene.scratch.stored.matching.bind(scene.scratch.stored)
    scene.scratch.stored.matching = async (one, query, most) => {
      const found = await matching(one, query, most)
      return scene.scratch.restores === 2 ? { ...found, count: 1 } : found
    }
    const { result } = await bisected(scene)
    expect(result).toMatchObject({
      found: 'stretch',
      matching: { dirty: 1 },
      operation: null,
      missing: expect.stringContaining('does the query go by the time?') as string,
    })
  })
})

describe('there is no turn', () => {
  test('where nothing matches, neither now nor in the oldest and newest backup', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.work(1)
    await scene.backup()
    const failure = await failureIn(bisected(scene))
    expect(failure).toMatchObject({ code: 'NOTHING_MATCHES', kind: 'not-found' })
    expect(scene.own.running.size).toBe(0)
  })

  test('where the oldest backup is dirty already', async () => {
    const scene = hospital()
    await scene.insert({ broken: true })
    const oldest = await scene.backup()
    await scene.backup()
    const failure = await failureIn(bisected(scene))
    expect(failure).toMatchObject({
      code: 'MATCHED_BEFORE',
      kind: 'not-found',
      facts: { backup: oldest, count: 1 },
    })
  })

  test('and no search where there is no good backup of the database', async () => {
    const failure = await failureIn(bisected(hospital()))
    expect(failure).toMatchObject({ code: 'NO_BACKUP', kind: 'not-found' })
  })
})

describe('the search', () => {
  test('passes over a backup that turns out to be damaged', async () => {
    const scene = hospital()
    const oldest = await scene.backup()
    await scene.work(2)
    await scene.backup()
    await scene.work(2)
    const optime = await scene.insert({ broken: true })
    await scene.backup()
    const path = [...scene.shelf.files.keys()].find((name) => name.includes(oldest)) ?? ''
    scene.shelf.files.set(path, Buffer.alloc(scene.shelf.files.get(path)?.length ?? 0))
    const { result, warnings } = await bisected(scene)
    expect(result.operation).toMatchObject({ optime })
    expect(warnings.join()).toContain(`${oldest} is passed over`)
  })

  test('takes a backup without the collection as clean, and restores nothing of it', async () => {
    const scene = hospital()
    const all = scene.server.databases.get('medical_records')
    const then = all?.get('visits')
    all?.delete('visits')
    await scene.backup()
    if (then) all?.set('visits', then)
    await scene.write({ op: 'c', ns: 'medical_records.$cmd', o: { create: 'visits' } })
    const optime = await scene.insert({ broken: true })
    await scene.backup()
    const { result } = await bisected(scene)
    expect(result.probes.backups).toBe(1)
    expect(result.operation).toMatchObject({ optime })
  })

  test('is only told of in a dry run', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.insert({ broken: true })
    const plan = await bisect.plan(asking(), scene.world)
    const facts = new Map(plan.facts)
    expect(facts.get('Now')).toContain('1 documents match')
    expect(facts.get('Scratch')).toContain('without a network')
    expect(plan.steps.every(({ effect }) => effect === 'reads')).toBe(true)
    expect(scene.own.started).toEqual([])
  })

  test('is refused for what is no collection', async () => {
    const scene = hospital()
    await scene.backup()
    scene.server.stored.definition = () =>
      Promise.resolve({ type: 'view', options: serialize({}), indexes: [] })
    const failure = await failureIn(bisect.plan(asking(), scene.world))
    expect(failure).toMatchObject({ code: 'BISECT_UNSUPPORTED', kind: 'refused' })
  })

  test('ends before anything is started where the server does not take the query', async () => {
    const scene = hospital()
    const query = serialize({ $nonsense: 1 })
    const failure = await failureIn(bisect.plan(asking({ query }), scene.world))
    expect(failure).toMatchObject({ code: 'QUERY_REFUSED', kind: 'usage' })
  })

  test('leaves no server behind where it is cut off', async () => {
    const scene = hospital()
    await scene.backup()
    await scene.insert({ broken: true })
    scene.scratch.mischief.restoreExitCode = 1
    const failure = await failureIn(bisected(scene))
    expect(failure).toMatchObject({ code: 'RESTORE_FAILED' })
    expect(scene.own.running.size).toBe(0)
  })
})
