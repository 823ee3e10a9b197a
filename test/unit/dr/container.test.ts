import { describe, expect, test } from 'vitest'
import { judgeCutOff } from '../../../src/checks/doctor/past.js'
import { lastRun } from '../../../src/domain/pastRun.js'
import { recoverContainers } from '../../../src/procedures/dr/container.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { cutOffAround, unfinishedText } from '../../../src/procedures/restore/unfinished.js'
import { service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { saw } from '../doctor/scene.js'
import { stackScene } from '../stack/scene.js'

/** The stack with these containers, its target's server being `mongodb`. */
function scene(...containers: ContainerFacts[]) {
  const it = stackScene(containers)
  const world = { ...it.world, power: it.project.stack.power() }
  it.server.collection('medical_records', 'patients', [{ _id: 1 }])
  const target = {
    ...medical,
    place: { kind: 'service' as const, service: 'mongodb' },
    writers: [{ service: 'api', kind: 'service' as const }],
  }
  const planned = (names: readonly string[] = []) =>
    recoverContainers.plan({ names, targets: [target], timeoutSeconds: 10 }, world)
  return { ...it, planned }
}

describe('bringing containers back', () => {
  test('does nothing where every service is well, but proves that the server takes writes', async () => {
    const { planned, run, project, server } = scene(container('mongodb'), container('api'))
    const { result } = await run(await planned())
    expect(result).toMatchObject({
      troubles: [],
      well: ['mongodb', 'api'],
      servers: [{ target: 'medical', write: 'durable', databases: ['medical_records'] }],
    })
    expect(project.log).toEqual([])
    expect(server.log).toContain('note ops: does this server take writes?')
  })

  test('starts what others depend on first, never a job', async () => {
    const { planned, run, project } = scene(
      container('api', { state: 'exited', exitCode: 1 }),
      container('mongodb', { state: 'exited', exitCode: 137 }),
      container('migration_app', { state: 'exited' }),
      container('api', { id: 'id-once', name: 'once', state: 'exited', oneOff: true }),
    )
    const { result } = await run(await planned())
    expect(project.log).toEqual(['power on id-mongodb', 'power on id-api'])
    expect(result.troubles.map(({ service, kind }) => [service, kind])).toEqual([
      ['mongodb', 'ended'],
      ['api', 'ended'],
    ])
  })

  test('makes what is missing again, lets go on what is paused, and restarts what is ill', async () => {
    const { planned, run, project } = scene(container('mongodb', { state: 'paused' }))
    await run(await planned())
    expect(project.log).toEqual(['unpause id-mongodb', 'make api'])
  })

  test('ends a loop, leaves what a start would not cure alone, and names both with the lines that say so', async () => {
    const { planned, run, project } = scene(
      container('mongodb', { state: 'restarting', exitCode: 2, restarts: 7 }),
      container('api', { state: 'restarting', exitCode: 1, restarts: 4 }),
    )
    project.logs = {
      healthcare_mongodb: ['Error parsing command line: unrecognised option --nonsense'],
      healthcare_api: ['write: No space left on device'],
    }
    const failure = await run(await planned()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind: 'failed', code: 'CONTAINER_NOT_CURED' })
    expect(String(failure)).toContain('unrecognised option --nonsense')
    expect(String(failure)).toContain('the disk is full')
    expect(project.log).toEqual(['power off id-mongodb', 'power off id-api'])
  })

  test('fails where the server comes up beside its data', async () => {
    const { planned, run, server } = scene(
      container('mongodb', { state: 'exited' }),
      container('api'),
    )
    server.databases.clear()
    await expect(run(await planned())).rejects.toMatchObject({
      code: 'DATABASE_GONE',
      exitCode: 12,
    })
  })

  test('is not kept from the server by another that stays ill, and names it in the end', async () => {
    const { planned, run, project, server } = scene(
      container('api', { health: 'unhealthy' }),
      container('mongodb', { state: 'exited', exitCode: 137 }),
    )
    project.stack.staysIll = 'api'
    await expect(run(await planned())).rejects.toMatchObject({ code: 'CONTAINER_NOT_CURED' })
    expect(project.log[0]).toBe('power on id-mongodb')
    expect(server.log).toContain('note ops: does this server take writes?')
  })

  test('makes no server again whose volume is gone', async () => {
    const { planned, run, project } = scene(container('api'))
    project.project = {
      ...project.project,
      services: {
        ...project.project.services,
        mongodb: service('mongodb', { volumes: ['mongo_data'] }),
      },
    }
    project.stack.volumes = false
    await expect(run(await planned())).rejects.toMatchObject({
      code: 'CONTAINER_NOT_CURED',
      message: expect.stringContaining('healthcare_mongo_data is gone') as unknown,
    })
    expect(project.log).toEqual([])
  })

  test('leaves alone what ails of something else by the time it is its turn', async () => {
    const { planned, run, project } = scene(
      container('mongodb', { state: 'exited', exitCode: 137 }),
      container('api'),
    )
    const plan = await planned()
    project.stack.containers[0] = container('mongodb', { state: 'paused' })
    await expect(run(plan)).rejects.toMatchObject({
      message: expect.stringContaining('is "paused" by now') as unknown,
    })
    expect(project.log).toEqual([])
  })

  test('starts nothing that writes to data which a restore has left half changed', async () => {
    const { planned, run, project, receipts } = scene(
      container('mongodb'),
      container('migration_app', { state: 'exited' }),
      container('api', { state: 'exited', exitCode: 1 }),
    )
    await receipts.save({
      id: 'restore-1',
      command: 'restore',
      target: 'medical',
      title: 'restore medical',
      startedAt: '2026-11-21T12:00:00.000Z',
      state: 'started',
      actor: 'root',
      host: 'db1',
      pid: 1,
      steps: [],
    })
    receipts.gone.add('restore-1')
    await expect(run(await planned())).rejects.toMatchObject({
      message: expect.stringContaining('was cut off after it had begun to replace it') as unknown,
    })
    expect(project.log).toEqual([])
  })

  test('fails where the server does not become primary in time', async () => {
    const { planned, run, server } = scene(
      container('mongodb', { state: 'paused' }),
      container('api'),
    )
    server.facts = { ...server.facts, primary: false }
    await expect(run(await planned())).rejects.toMatchObject({
      code: 'SERVER_NOT_PRIMARY_YET',
      exitCode: 124,
    })
  })

  test('holds the lock of the target whose server it touches, and none where it only looks', async () => {
    const down = scene(container('mongodb', { state: 'exited' }), container('api'))
    expect(await down.planned()).toMatchObject({
      holds: 'lock and receipt',
      locks: ['healthcare', 'medical'],
    })
    const well = scene(container('mongodb'), container('api'))
    expect(await well.planned()).toMatchObject({ holds: 'nothing' })
  })
})

describe('a run that was killed half-way', () => {
  async function killed() {
    const it = scene(container('mongodb', { state: 'exited' }), container('api'))
    await it.run(await it.planned(['mongodb']))
    const done = it.receipts.saves.at(-1)
    if (!done) throw new Error('it leaves a record')
    await it.receipts.save({ ...done, state: 'started', steps: ['Start mongodb'] })
    it.receipts.gone.add(done.id)
    return { ...it, id: done.id }
  }

  test('has written down what it was about before its first step', async () => {
    const { receipts } = await killed()
    expect(receipts.saves[0]).toMatchObject({
      state: 'started',
      steps: [],
      containers: { project: 'healthcare', services: ['mongodb'], targets: ['medical'] },
      again: 'ops dr container mongodb',
    })
    expect(lastRun(await receipts.list(), 'container', 'medical')).toMatchObject({
      outcome: 'started',
    })
  })

  test('is told of by whoever looks after its target, with the way on and none back', async () => {
    const { world, id } = await killed()
    const [cutOff] = await cutOffAround(medical, world)
    expect(cutOff).toMatchObject({ id })
    if (cutOff) {
      expect(unfinishedText(cutOff)).toContain(
        'no data was changed; run "ops dr container mongodb"',
      )
      const finding = judgeCutOff('medical', saw([cutOff]))
      expect(finding.next).toEqual(['ops dr container mongodb'])
    }
  })

  test('is gone on with, and its record is closed though nothing is wrong any more', async () => {
    const { planned, run, receipts, id } = await killed()
    const plan = await planned()
    expect(plan.warnings).toEqual([expect.stringContaining('was cut off after "Start mongodb"')])
    expect((await run(plan)).result).toMatchObject({ troubles: [], receipt: null })
    expect(await receipts.read(id)).toMatchObject({
      state: 'failed',
      settled: { because: 'a later run went on' },
    })
    expect((await planned()).warnings).toEqual([])
  })

  test('that failed says what stays, and offers no undo', async () => {
    const it = scene(container('mongodb', { state: 'exited' }), container('api'))
    it.server.databases.clear()
    const failure = await it.run(await it.planned()).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      message: expect.stringContaining('stays as it is now: "Start mongodb"') as unknown,
      next: expect.not.arrayContaining([expect.stringContaining('ops undo')]) as unknown,
    })
    expect(it.receipts.saves.at(-1)).toMatchObject({ state: 'failed' })
  })
})
