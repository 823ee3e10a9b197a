import { serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { drDeletion } from '../../../src/cli/drDeletion.js'
import { putBackDeletion } from '../../../src/procedures/dr/deletion.js'
import { findDeletions } from '../../../src/procedures/dr/findDeletions.js'
import { takeAwayAgain } from '../../../src/procedures/dr/takeAwayAgain.js'
import { compression, medical } from '../../fakes/world.js'
import { fakeDoor } from '../cli/door.js'
import { afterDeletion, stepContext } from './deletionScene.js'

const { signal } = new AbortController()
const names = 'medical_records.healthcare_data'

describe('what was deleted', () => {
  test('is found in the oplog, and in slices where the oplog does not reach back any more', async () => {
    const { server, deletions, world } = await afterDeletion()
    expect(deletions).toMatchObject([
      { kind: 'delete', namespace: names, documents: 10, by: null },
      { kind: 'drop', namespace: 'medical_records.audit_trail', documents: 1 },
    ])
    server.oplog.forget(8)
    const search = { target: medical, since: new Date(0), atLeast: 1, signal }
    expect((await findDeletions(search, world)).deletions).toEqual(deletions)
    const narrow = await findDeletions({ ...search, within: names }, world)
    expect(narrow.deletions).toHaveLength(1)
  })

  test('is listed from its beginning where only its end is within the time that was asked for', async () => {
    const { deletions, world } = await afterDeletion()
    const [burst] = deletions
    if (!burst) throw new Error('deletions')
    const from = (seconds: number) =>
      findDeletions({ target: medical, since: new Date(seconds * 1000), atLeast: 1, signal }, world)
    const middle = await from(burst.first.seconds + 3)
    expect(middle.deletions).toEqual(deletions)
    expect(Date.parse(middle.since)).toBe((burst.first.seconds + 3) * 1000)
    expect((await from(burst.last.seconds + 1)).deletions).toEqual(deletions.slice(1))
  })

  test('and goes on since before what was read is refused where reading further back tells, else warned of', async () => {
    const deletes = Array.from({ length: 20 }, (_, _id) => ({ op: 'd', ns: names, o: { _id } }))
    const scene = await afterDeletion(deletes)
    const { server, world, deletions } = scene
    expect(deletions).toMatchObject([{ documents: 20 }])
    const since = new Date(((deletions[0]?.first.seconds ?? 0) + 902) * 1000)
    for (let at = 0; at < 900; at++) server.oplog.write({ op: 'd', ns: names, o: { _id: at } })
    const search = { target: medical, since, atLeast: 1, signal }
    const [part] = (await findDeletions(search, world)).deletions
    if (!part) throw new Error('a part')
    expect(part.cutOff).toBe('read further back')
    const plan = (deletion: typeof part) =>
      putBackDeletion.plan({ target: medical, deletion, compression, signal }, world)
    await expect(plan(part)).rejects.toMatchObject({
      code: 'DELETION_CUT_OFF',
      next: [expect.stringContaining('--since')],
    })
    const warned = await plan({ ...scene.of('delete'), cutOff: 'nothing reaches further back' })
    expect(warned.warnings).toEqual([expect.stringContaining('may have begun before')])
  })

  test('cannot be found on a standalone', async () => {
    const { server, world } = await afterDeletion()
    server.oplog.standalone = true
    const search = { target: medical, since: new Date(0), atLeast: 1, signal }
    await expect(findDeletions(search, world)).rejects.toMatchObject({ code: 'NO_REPLICA_SET' })
  })

  test('without a terminal is listed, and a pick is asked for; a dry run lists alone', async () => {
    const { world, deletions } = await afterDeletion()
    const shown: number[] = []
    const flags = { 'at-least': 1, 'dry-run': false }
    const run = (changes: object) =>
      drDeletion(
        medical,
        new Date(0),
        { ...flags, ...changes },
        compression,
        (found) => Promise.resolve(void shown.push(found.deletions.length)),
        world,
        fakeDoor().door,
      )
    await expect(run({})).rejects.toMatchObject({
      code: 'PICK_REQUIRED',
      exitCode: 6,
      facts: { deletions },
    })
    expect(shown).toEqual([2])
    expect(await run({ 'dry-run': true })).toMatchObject({ listed: { deletions } })
    await expect(run({ pick: '7' })).rejects.toMatchObject({ code: 'DELETION_NOT_FOUND' })
    await expect(run({ pick: '1' })).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    expect(await run({ pick: deletions[0]?.id, 'dry-run': true })).toMatchObject({
      planned: { plan: { title: `put back what was deleted from ${names}`, loses: [] } },
    })
  })
})

describe('a plan is refused', () => {
  const planFor = async (
    kind: 'delete' | 'drop',
    change: (scene: Awaited<ReturnType<typeof afterDeletion>>) => object,
  ) => {
    const scene = await afterDeletion()
    const request = { target: medical, deletion: scene.of(kind), compression, signal }
    const changes = change(scene)
    return putBackDeletion.plan({ ...request, ...changes }, scene.world)
  }

  test('where slices are not taken', async () => {
    const target = { ...medical, pointInTime: false }
    await expect(planFor('delete', () => ({ target }))).rejects.toMatchObject({
      code: 'POINT_IN_TIME_OFF',
    })
  })

  test('on a server that takes no writes', async () => {
    const plan = planFor('delete', ({ server }) => {
      server.facts = { ...server.facts, primary: false }
      return {}
    })
    await expect(plan).rejects.toMatchObject({ code: 'NOT_PRIMARY' })
  })

  test.each([
    ['a mass update', { kind: 'update' }],
    ['a time-series', { namespace: 'medical_records.system.buckets.pulse' }],
    ['a collection that is gone', { namespace: 'medical_records.nowhere' }],
  ])('for %s, with what to do instead', async (_what, changes) => {
    const plan = planFor('delete', ({ of }) => ({ deletion: { ...of('delete'), ...changes } }))
    await expect(plan).rejects.toMatchObject({
      code: 'DELETION_UNSUPPORTED',
      exitCode: 6,
      next: [expect.stringContaining('ops restore --to-time'), expect.any(String)],
    })
  })

  test('for a capped collection', async () => {
    const plan = planFor('drop', ({ server }) => {
      void server.stored.make(
        { database: 'medical_records', collection: 'audit_trail' },
        serialize({ capped: true, size: 4096 }),
      )
      return {}
    })
    await expect(plan).rejects.toMatchObject({ code: 'DELETION_UNSUPPORTED' })
  })

  test('not for another collection that has its name by now: it warns of that', async () => {
    const { of, world, server } = await afterDeletion()
    const plan = (uuid: string) =>
      putBackDeletion.plan(
        { target: medical, deletion: { ...of('delete'), uuid }, compression, signal },
        world,
      )
    const [database, collection] = ['medical_records', 'healthcare_data']
    const there = await server.stored.definition({ database, collection })
    const warned = async (uuid: string) => (await plan(uuid)).warnings?.join('\n')
    expect(await warned(there?.uuid ?? '')).not.toContain('another collection')
    expect(await warned('0f')).toContain('another collection')
  })

  test('where nothing reaches the moment before', async () => {
    const plan = planFor('delete', ({ of }) => ({
      deletion: { ...of('delete'), first: { seconds: 5, ordinal: 1 } },
    }))
    await expect(plan).rejects.toMatchObject({
      code: 'MOMENT_UNREACHABLE',
      next: expect.arrayContaining([expect.stringContaining('ops backup list')]) as string[],
    })
  })
})

describe('deleted documents', () => {
  test('are set aside as they were, put back, proved, and taken away again', async () => {
    const { of, runOf, names: now, patients, putBackLists, world } = await afterDeletion()
    const run = runOf(of('delete'))
    const { context, warnings } = stepContext()
    await run.follow(context)
    await run.putBack(context)
    await run.prove(context)
    expect(now()).toEqual(patients.map(({ name }) => name).sort())
    expect(run.counts).toMatchObject([{ documents: 10, putBack: 10, alreadyThere: 0 }])
    expect([run.proof, warnings]).toEqual([{ proved: 10, changedSince: [] }, []])
    const session = await world.mongo.connect(medical)
    const taken = await takeAwayAgain(run.record, putBackLists, session, signal)
    expect(taken).toMatchObject({ removed: 10, kept: [], gone: 0 })
    expect(now()).toHaveLength(10)
    expect((await takeAwayAgain(run.record, putBackLists, session, signal)).gone).toBe(10)
  })

  test('that were changed while others were deleted come back as they were then, and only those of the deletion', async () => {
    const ns = names
    const write = { op: 'u', ns, o2: { _id: 1 }, o: { _id: 1, name: 'later' } }
    const {
      of,
      runOf,
      names: now,
    } = await afterDeletion([
      { op: 'd', ns, o: { _id: 0 } },
      write,
      { op: 'd', ns, o: { _id: 2 }, lsid: { id: 'app' } },
      { op: 'd', ns, o: { _id: 1 } },
    ])
    const run = runOf(of('delete'))
    const { context } = stepContext()
    await run.follow(context)
    await run.putBack(context)
    expect(run.counts).toMatchObject([{ documents: 2, putBack: 2 }])
    expect(now()).toContain('later')
    expect(now()).not.toContain('2')
  })

  test('that differ afterwards fail the proof, unless the oplog has it that somebody wrote to them', async () => {
    const { of, runOf, server } = await afterDeletion()
    const run = runOf(of('delete'))
    const { context } = stepContext()
    await run.follow(context)
    await run.putBack(context)
    const there = server.databases.get('medical_records')?.get('healthcare_data')
    const one = there?.documents.find(({ name }) => name === '3')
    if (one) one['name'] = 'changed'
    await expect(run.prove(context)).rejects.toMatchObject({
      code: 'PUT_BACK_DIFFERS',
      exitCode: 12,
      facts: { count: 1, ids: ['3'] },
    })
    server.oplog.write({ op: 'u', ns: names, o2: { _id: 3 }, o: { _id: 3, name: 'changed' } })
    await run.prove(context)
    expect(run.proof).toEqual({
      proved: 9,
      changedSince: [{ because: 'updated after it was put back', count: 1, ids: ['3'] }],
    })
  })

  test('that exist again with other content stay, are shown by their ids, and are not taken away by an undo', async () => {
    const { of, runOf, server, names: now, putBackLists, world } = await afterDeletion()
    server.databases.get('medical_records')?.get('healthcare_data')?.documents.push({
      _id: 4,
      name: 'new',
    })
    const run = runOf(of('delete'))
    const { context, warnings } = stepContext()
    await run.follow(context)
    await run.putBack(context)
    expect(run.counts[0]?.conflicts).toMatchObject([{ count: 1, ids: ['4'] }])
    expect(warnings).toEqual([expect.stringContaining('_id 4')])
    const session = await world.mongo.connect(medical)
    await takeAwayAgain(run.record, putBackLists, session, signal)
    expect(now()).toContain('new')
  })

  test('of which the list is lost are not taken away, and not held for taken away', async () => {
    const { of, runOf, names: now, putBackLists, world } = await afterDeletion()
    const run = runOf(of('delete'))
    const { context } = stepContext()
    await run.follow(context)
    const session = await world.mongo.connect(medical)
    const takeAway = () => takeAwayAgain(run.record, putBackLists, session, signal)
    expect((await takeAway()).removed).toBe(0)
    await run.putBack(context)
    putBackLists.lists.clear()
    await expect(takeAway()).rejects.toMatchObject({ code: 'PUT_BACK_LIST_LOST' })
    expect(now()).toHaveLength(20)
  })

  test('that were never there are told of before anything is written', async () => {
    const { of, runOf } = await afterDeletion()
    const run = runOf(of('delete'), { nothing: true })
    await expect(run.follow(stepContext().context)).rejects.toMatchObject({
      code: 'DELETION_EMPTY',
    })
  })
})
