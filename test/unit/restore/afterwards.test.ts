import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { disaster, request, restored, type Scene } from './scene.js'

const undoing = (scene: Scene) =>
  undo.plan({ target: () => medical, safetyBackup: true, compression }, scene.world)

describe('once a restore is proved', () => {
  test('a service that will not start again does not take it back: exit 3, and the service is named', async () => {
    const scene = await disaster()
    const compose = scene.world.compose
    const world = {
      ...scene.world,
      compose: {
        ...compose,
        start: () =>
          Promise.reject(
            new Failure('failed', 'COMPOSE_FAILED', 'port 80 is taken', ['ops stack up api']),
          ),
      },
    }
    const plan = await restore.plan(request, world)
    await expect(carriedOut(plan, world)).rejects.toMatchObject({
      kind: 'partial',
      exitCode: 3,
      message: expect.stringContaining('port 80 is taken') as string,
    })
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(scene.receipts.saves.at(-1)).toMatchObject({ state: 'done', stopped: ['api'] })
  })

  test('a record that cannot be written does not take it back', async () => {
    const scene = await disaster()
    const plan = await restore.plan(request, scene.world)
    const proved = plan.steps.findIndex(({ title }) => title.startsWith('Prove'))
    const steps = plan.steps.map((step, at) =>
      at === proved
        ? {
            ...step,
            run: async (context: Parameters<typeof step.run>[0]) => {
              await step.run(context)
              scene.receipts.refuse = () => true
            },
          }
        : step,
    )
    await expect(carriedOut({ ...plan, steps }, scene.world)).rejects.toMatchObject({ exitCode: 3 })
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })
})

describe('while a database is half restored', () => {
  test('an interruption leaves the writers stopped, says so, and the next restore starts them again', async () => {
    const scene = await disaster()
    const control = new AbortController()
    const { tools, because } = await scene.server.tools().choose(medical)
    const interrupted: typeof tools = {
      ...tools,
      restore: () => {
        scene.server.databases.get('medical_records')?.delete('healthcare_data')
        control.abort(new Failure('interrupted', 'INTERRUPTED', 'stopped by Ctrl-C', []))
        return Promise.reject(control.signal.reason as Error)
      },
    }
    const world = {
      ...scene.world,
      tools: { choose: () => Promise.resolve({ tools: interrupted, because }) },
    }
    const plan = await restore.plan(request, world)
    await expect(carriedOut(plan, world, control.signal)).rejects.toMatchObject({
      exitCode: 130,
      message: expect.stringContaining('still in force: "Stop the writers: api"') as string,
    })
    expect(scene.stack.log).toEqual(['stop api'])
    expect(scene.receipts.saves.at(-1)).toMatchObject({ state: 'failed', stopped: ['api'] })
    scene.clock.advance(60_000)
    await restored(scene)
    expect(scene.stack.log).toEqual(['stop api', 'start api'])
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })
})

describe('between the plan and the typed name', () => {
  test('a collection that is made meanwhile makes the plan stale: nothing is touched', async () => {
    const scene = await disaster()
    const plan = await restore.plan(request, scene.world)
    scene.server.collection('medical_records', 'precious', [{ _id: 1 }])
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'PLAN_STALE',
      exitCode: 6,
    })
    expect(scene.server.state()['medical_records']?.['precious']?.documents).toEqual([{ _id: 1 }])
    expect(scene.stack.log).toEqual([])
  })

  test('a backup that is removed meanwhile makes the plan stale: nothing is touched', async () => {
    const scene = await disaster()
    const plan = await restore.plan(request, scene.world)
    for (const path of scene.shelf.files.keys()) scene.shelf.files.delete(path)
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({
      code: 'PLAN_STALE',
      message: expect.stringContaining('is gone') as string,
    })
    expect(scene.stack.log).toEqual([])
  })

  test('an empty database that fills meanwhile is not replaced without a safety backup', async () => {
    const scene = await disaster()
    scene.server.databases.delete('medical_records')
    const plan = await restore.plan(request, scene.world)
    scene.server.collection('medical_records', 'healthcare_data', [{ _id: 'new' }])
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(scene.server.state()['medical_records']?.['healthcare_data']?.documents).toEqual([
      { _id: 'new' },
    ])
  })

  test("somebody else's database of the copy's name is neither written to nor dropped", async () => {
    const scene = await disaster()
    const plan = await restore.plan({ ...request, choice: { into: 'copy' } }, scene.world)
    scene.server.collection('copy', 'theirs', [{ _id: 1 }])
    await expect(carriedOut(plan, scene.world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(scene.server.state()['copy']).toEqual({
      theirs: { documents: [{ _id: 1 }], indexes: ['_id_'] },
    })
  })
})

describe('undo where the restore brought back what was gone', () => {
  test('a whole database: it is gone again', async () => {
    const scene = await disaster()
    scene.server.databases.delete('medical_records')
    await restored(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    expect(Object.keys(scene.server.state()['medical_records'] ?? {})).toEqual([])
  })

  test('one collection: it is gone again, the others are as they were', async () => {
    const scene = await disaster()
    await restored(scene, { choice: { collection: 'audit_trail' } })
    expect(scene.server.state()['medical_records']?.['audit_trail']).toEqual(
      scene.good?.['audit_trail'],
    )
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
  })

  test('one of two databases: it is gone again', async () => {
    const scene = await disaster()
    scene.server.databases.delete('other')
    const target = { ...medical, databases: ['medical_records', 'other'] }
    await restored(scene, { target })
    expect(scene.server.state()['other']?.['things']?.documents).toEqual([{ _id: 'kept' }])
    scene.clock.advance(1000)
    await carriedOut(await undoing(scene), scene.world)
    expect(Object.keys(scene.server.state()['other'] ?? {})).toEqual([])
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
  })
})
