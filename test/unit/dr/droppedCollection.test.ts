import { serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { takeAwayAgain } from '../../../src/procedures/dr/takeAwayAgain.js'
import { medical } from '../../fakes/world.js'
import { afterDeletion, stepContext } from './deletionScene.js'

const { signal } = new AbortController()

describe('a dropped collection', () => {
  test('is made anew, named on the record before, and dropped again by an undo where nothing else is in it', async () => {
    const { of, runOf, server, putBackLists, world } = await afterDeletion()
    const run = runOf(of('drop'))
    const { context } = stepContext()
    await run.follow(context)
    expect(run.record.made).toMatchObject([{ namespace: 'medical_records.audit_trail' }])
    await run.make(context)
    expect(run.record.made).toMatchObject([{ uuid: expect.any(String) as string }])
    await run.putBack(context)
    await run.prove(context)
    const trail = () => server.databases.get('medical_records')?.get('audit_trail')
    expect(trail()?.indexes).toEqual(['_id_', 'at_1'])
    trail()?.documents.push({ _id: 'later' })
    const session = await world.mongo.connect(medical)
    const first = await takeAwayAgain(run.record, putBackLists, session, signal)
    expect(first).toMatchObject({ removed: 1, dropped: [], stay: ['medical_records.audit_trail'] })
    const there = trail()
    if (there) there.documents = []
    const second = await takeAwayAgain(run.record, putBackLists, session, signal)
    expect(second.dropped).toEqual(['medical_records.audit_trail'])
  })

  test('killed before it was known which one was made, it is dropped by an undo only as it was made, and empty', async () => {
    const { of, runOf, server, putBackLists, world } = await afterDeletion()
    const run = runOf(of('drop'))
    const { context } = stepContext()
    await run.follow(context)
    const asKilled = run.record
    await run.make(context)
    const session = await world.mongo.connect(medical)
    const takeAway = () => takeAwayAgain(asKilled, putBackLists, session, signal)
    const trail = () => server.databases.get('medical_records')?.get('audit_trail')
    trail()?.documents.push({ _id: 'later' })
    expect((await takeAway()).stay).toEqual(['medical_records.audit_trail'])
    const there = trail()
    if (there) there.documents = []
    expect((await takeAway()).dropped).toEqual(['medical_records.audit_trail'])
    await server.stored.make(
      { database: 'medical_records', collection: 'audit_trail' },
      serialize({ capped: true, size: 4096 }),
    )
    expect((await takeAway()).stay).toEqual(['medical_records.audit_trail'])
  })

  test('writes its record after each thing that was made, and names what runs before had made', async () => {
    const { of, runOf } = await afterDeletion()
    const run = runOf(of('drop'))
    const { context } = stepContext()
    expect(run.record.lists).toEqual([])
    await run.follow(context)
    const remembered: unknown[] = []
    const remember = () => {
      remembered.push(run.record.made[0]?.uuid)
      return Promise.resolve()
    }
    await run.make({ ...context, remember })
    expect(remembered).toEqual([expect.any(String)])
    const next = runOf(of('drop'), { earlier: [run.record] })
    expect(next.record).toMatchObject({ made: run.record.made, lists: run.record.lists })
    await next.follow(context)
    await next.make(context)
    expect(next.record.made).toMatchObject(run.record.made)
  })

  test('that lacks an index afterwards fails the proof', async () => {
    const { of, runOf, server } = await afterDeletion()
    const run = runOf(of('drop'))
    const { context } = stepContext()
    await run.follow(context)
    await run.make(context)
    await run.putBack(context)
    await server.stored.dropIndex(
      { database: 'medical_records', collection: 'audit_trail' },
      'at_1',
    )
    await expect(run.prove(context)).rejects.toMatchObject({ code: 'DEFINITION_DIFFERS' })
  })

  test('is not put back beside a view that has its name now', async () => {
    const { of, runOf, server } = await afterDeletion()
    const run = runOf(of('drop'))
    const { context } = stepContext()
    await run.follow(context)
    await server.stored.make(
      { database: 'medical_records', collection: 'audit_trail' },
      serialize({ viewOn: 'healthcare_data' }),
    )
    await expect(run.make(context)).rejects.toMatchObject({ code: 'NAME_TAKEN', exitCode: 6 })
  })
})
