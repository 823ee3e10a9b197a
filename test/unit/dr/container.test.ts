import { describe, expect, test } from 'vitest'
import { recoverContainers } from '../../../src/procedures/dr/container.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
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
      message: expect.stringContaining('was cut off half-way on medical') as unknown,
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
    expect(await down.planned()).toMatchObject({ holds: 'lock', locks: ['healthcare', 'medical'] })
    const well = scene(container('mongodb'), container('api'))
    expect(await well.planned()).toMatchObject({ holds: 'nothing' })
  })
})
