import { describe, expect, test } from 'vitest'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { runPipeline } from '../../../src/procedures/pipeline/run.js'
import { container } from '../../fakes/stack.js'
import { compression, medical } from '../../fakes/world.js'
import { stackScene } from '../stack/scene.js'

const request = { targets: [medical], compression, safetyBackup: true, debug: false }

/** A stack whose job takes `seconds` and leaves with `exitCode`. */
function scene(exitCode = 0, seconds = 3) {
  const all = stackScene(undefined, 'stands')
  const given: Record<string, string>[] = []
  all.project.job = (say, variables) => {
    given.push({ ...variables })
    say('2026-11-21T08:53:26Z INFO Step 1/2: Data Loading')
    say('2026-11-21T08:53:26Z INFO a line that only --debug shows')
    say('2026-11-21T08:53:26Z WARNING Line 7 rejected')
    all.clock.advance(seconds * 1000)
    say('2026-11-21T08:53:29Z INFO Step 2/2: Data Migration')
    if (exitCode !== 0) say('2026-11-21T08:53:29Z ERROR no rows are left')
    return exitCode
  }
  return { ...all, given }
}

describe('running the pipeline on an empty database', () => {
  test('asks nothing, saves nothing, and is measured', async () => {
    const { project, world, given, said, run } = scene()
    const plan = await runPipeline.plan(request, world)
    expect(needsConfirmation(plan)).toBe(false)

    const { result, warnings } = await run(plan)

    expect(project.log).toEqual(['run migration_app'])
    expect(given).toEqual([{}])
    expect(said).toEqual([
      'INFO Step 1/2: Data Loading',
      'WARNING Line 7 rejected',
      'INFO Step 2/2: Data Migration',
    ])
    expect(warnings).toEqual([])
    expect(result).toMatchObject({
      job: 'migration_app',
      target: 'medical',
      exitCode: 0,
      seconds: 3,
      baselineSeconds: 45,
      slower: false,
      steps: [
        { title: 'Data Loading', seconds: 3, baselineSeconds: 5 },
        { title: 'Data Migration', seconds: 0, baselineSeconds: 25 },
      ],
      safetyBackup: null,
    })
  })

  test('with --debug sets LOG_LEVEL and shows every line', async () => {
    const { world, given, said, run } = scene()
    await run(await runPipeline.plan({ ...request, debug: true }, world))
    expect(given).toEqual([{ LOG_LEVEL: 'DEBUG' }])
    expect(said).toContain('INFO a line that only --debug shows')
  })

  test('warns when it took longer than its baseline', async () => {
    const { world, run } = scene(0, 50)
    const { warnings } = await run(await runPipeline.plan(request, world))
    expect(warnings).toEqual(['migration_app took 50.0 s; its baseline is 45 s'])
  })
})

describe('running the pipeline over documents', () => {
  test('counts them, saves them first, has the name typed, and can be undone', async () => {
    const { world, server, shelf, run } = scene()
    server.collection('medical_records', 'healthcare_data', [{ _id: 1 }, { _id: 2 }])
    const plan = await runPipeline.plan(request, world)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.target).toBe('medical')
    expect(plan.loses).toEqual([
      'medical_records.healthcare_data: up to 2 documents, migration_app empties what it loads into',
    ])

    const { result, receipt } = await run(plan)

    expect(result.safetyBackup).toMatch(/-safety$/)
    expect([...shelf.manifests.keys()]).toEqual([result.safetyBackup])
    expect(receipt).toMatchObject({
      state: 'done',
      safetyBackup: result.safetyBackup,
      touched: { databases: ['medical_records'] },
    })
  })

  test('says that there is no way back where no safety backup is wanted', async () => {
    const { world, server } = scene()
    server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const plan = await runPipeline.plan({ ...request, safetyBackup: false }, world)
    expect(plan.facts.at(-1)).toEqual([
      'First',
      'NO safety backup (--no-safety-backup): no way back',
    ])
    expect(plan.steps.map(({ title }) => title)).toEqual(['Run migration_app'])
  })

  test('that fails names the step, the last error, and how to go back', async () => {
    const { world, server, run } = scene(1)
    server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    await expect(run(await runPipeline.plan(request, world))).rejects.toMatchObject({
      code: 'PIPELINE_FAILED',
      exitCode: 1,
      message: expect.stringMatching(
        /^migration_app left with exit code 1 in step 2\/2, Data Migration: ERROR no rows are left; left as it is now.*the state before is in backup medical-.*-safety$/,
      ) as string,
      next: [
        expect.stringMatching(/^ops undo pipeline-run-/),
        'ops pipeline status',
        'ops pipeline run --debug',
      ],
    })
  })
})

describe('a pipeline that cannot be run', () => {
  test('because it is running already', async () => {
    const { world } = stackScene([
      container('mongodb'),
      container('migration_app', { startedAt: '2026-11-21T13:00:00Z' }),
    ])
    await expect(runPipeline.plan(request, world)).rejects.toMatchObject({
      code: 'PIPELINE_RUNNING',
      exitCode: 11,
      message: 'healthcare_migration_app is running already, since 2026-11-21T13:00:00Z',
    })
  })

  test.each([
    [[], 'not started'],
    [[container('mongodb', { state: 'exited' })], 'exited'],
    [[container('mongodb', { health: 'starting' })], 'running, starting'],
  ])('because what it needs is not up', async (containers, state) => {
    const { world } = stackScene(containers)
    await expect(runPipeline.plan(request, world)).rejects.toMatchObject({
      code: 'DEPENDENCY_DOWN',
      exitCode: 13,
      message: `migration_app needs mongodb, which is ${state}`,
    })
  })

  test('because nobody said which service it is, or it is not there', async () => {
    const { world } = stackScene()
    const stack = {
      composeFiles: ['/srv/docker-compose.yml'],
      directory: '/srv',
      project: 'healthcare',
    }
    await expect(runPipeline.plan(request, { ...world, stack })).rejects.toMatchObject({
      code: 'JOB_MISSING',
    })
    await expect(
      runPipeline.plan(request, { ...world, stack: { ...stack, job: 'loader' } }),
    ).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' })
  })
})

test('a job that writes to nobody knows what counts as destroying', async () => {
  const { world } = scene()
  const plan = await runPipeline.plan({ ...request, targets: [] }, world)
  expect(needsConfirmation(plan)).toBe(true)
  expect(plan.target).toBe('healthcare')
  expect(plan.loses).toEqual([
    'whatever migration_app writes over: no target of ops.yaml names it as a writer',
  ])
})
