import { describe, expect, test } from 'vitest'
import { stackRestart, stackUp } from '../../../src/procedures/stack/lifecycle.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { stackScene } from './scene.js'

const request = { names: [], targets: [medical], timeoutSeconds: 30 }

describe('starting the stack', () => {
  test('starts every service but the job and what is in a profile, under the lock of its targets', async () => {
    const { project, world, locks, run } = stackScene([])
    const plan = await stackUp.plan(request, world)
    expect(plan.title).toBe('start mongodb, api')

    const { result, receipt } = await run(plan)

    expect(project.log).toEqual(['up mongodb api'])
    expect(locks.log).toEqual(['take medical', 'release medical'])
    expect(receipt).toBeUndefined()
    expect(result.services.map(({ service, state }) => [service, state])).toEqual([
      ['api', 'running'],
      ['migration_app', 'absent'],
      ['mongodb', 'running'],
    ])
  })

  test('takes a service by the name of its container, described or live', async () => {
    const { world } = stackScene()
    const named = async (name: string) =>
      (await stackUp.plan({ ...request, names: [name] }, world)).title
    expect(await named('healthcare_db')).toBe('start mongodb')
    expect(await named('healthcare_mongodb')).toBe('start mongodb')
    expect(await named('mongo_express')).toBe('start mongo_express')
  })

  test('refuses to start the job, and says what does', async () => {
    const { world } = stackScene()
    await expect(stackUp.plan({ ...request, names: ['migration_app'] }, world)).rejects.toMatchObject({
      code: 'JOB_NOT_SERVICE',
      exitCode: 6,
      next: ['ops pipeline run', 'ops pipeline status'],
    })
  })

  test('knows what was meant by a name that is not there', async () => {
    const { world } = stackScene()
    await expect(stackUp.plan({ ...request, names: ['mongdb'] }, world)).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
      exitCode: 10,
      message: expect.stringContaining('did you mean "mongodb"?') as string,
    })
  })

  test('says that there is no stack where the configuration has none', async () => {
    const { world } = stackScene()
    const none = { ...world }
    delete (none as { stack?: unknown }).stack
    await expect(stackUp.plan(request, none)).rejects.toMatchObject({
      code: 'STACK_MISSING',
      exitCode: 2,
    })
  })
})

describe('restarting', () => {
  test('leaves an ended job alone: restarting it would run it', async () => {
    const containers = [container('mongodb'), container('migration_app', { state: 'exited' })]
    const { project, world, run } = stackScene(containers)
    await run(await stackRestart.plan(request, world))
    expect(project.log).toEqual(['restart mongodb'])
  })

  test('of a service without a container says how to start it', async () => {
    const { world } = stackScene([container('mongodb')])
    await expect(stackRestart.plan({ ...request, names: ['api'] }, world)).rejects.toMatchObject({
      code: 'CONTAINER_NOT_FOUND',
      next: ['ops stack up api'],
    })
  })
})

describe('waiting for health', () => {
  test('goes on until a container is healthy, and says what it waits for once', async () => {
    const { project, world, clock, said, run } = stackScene([
      container('mongodb', { health: 'starting' }),
    ])
    const plan = await stackUp.plan({ ...request, names: ['mongodb'] }, world)
    const slept = clock.sleep.bind(clock)
    clock.sleep = async (milliseconds) => {
      await slept(milliseconds)
      if (clock.elapsed() >= 2000) project.stack.containers[0] = container('mongodb', { health: 'healthy' })
    }
    const { result } = await run(plan)
    expect(said).toEqual(['waiting for healthcare_mongodb (running, starting)'])
    expect(result.services.find(({ service }) => service === 'mongodb')?.health).toBe('healthy')
  })

  test.each([
    [{ state: 'exited', exitCode: 137, oomKilled: true } as const, /ended with exit code 137, out of memory/],
    [{ health: 'unhealthy' } as const, /its health check fails/],
  ])('ends at once when a container is lost', async (changes, message) => {
    const { world, run } = stackScene([container('mongodb', changes)])
    const plan = await stackUp.plan({ ...request, names: ['mongodb'] }, world)
    const failing = run(plan)
    await expect(failing).rejects.toMatchObject({ code: 'SERVICE_UNHEALTHY', exitCode: 1 })
    await expect(failing).rejects.toThrow(message)
  })

  test('ends when the time is up', async () => {
    const { world, run } = stackScene([container('mongodb', { health: 'starting' })])
    const plan = await stackUp.plan({ ...request, names: ['mongodb'] }, world)
    await expect(run(plan)).rejects.toMatchObject({ code: 'SERVICE_SLOW', exitCode: 124 })
  })
})
