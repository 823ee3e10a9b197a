import { expect, test } from 'vitest'
import { pipelineStatus } from '../../../src/procedures/pipeline/status.js'
import { container } from '../../fakes/stack.js'
import { stackScene } from '../stack/scene.js'

const ended = {
  state: 'exited' as const,
  startedAt: '2026-11-21T08:53:26.000Z',
  finishedAt: '2026-11-21T08:53:31.000Z',
}

test('the last run is the newest container of the job, however it was started', async () => {
  const { project, world } = stackScene([
    container('migration_app', { ...ended, name: 'by-compose', startedAt: '2026-11-20T00:00:00Z' }),
    container('migration_app', { ...ended, name: 'by-ops' }),
  ])
  project.logs = {
    'by-ops': [
      '2026-11-21T08:53:26.000Z INFO Step 1/2: Data Loading',
      '2026-11-21T08:53:28.000Z INFO Step 2/2: Data Migration',
      '2026-11-21T08:53:30.500Z INFO Step 2/2: Data Migration finished in 2.50 s',
    ],
  }
  expect(await pipelineStatus(world)).toMatchObject({
    state: 'succeeded',
    container: 'by-ops',
    exitCode: 0,
    seconds: 5,
    slower: false,
    steps: [
      { title: 'Data Loading', seconds: 2 },
      { title: 'Data Migration', seconds: 2.5 },
    ],
  })
})

test('a run that failed keeps its exit code and the end of its log', async () => {
  const { project, world } = stackScene([
    container('migration_app', { ...ended, name: 'job', exitCode: 1 }),
  ])
  project.logs = { job: Array.from({ length: 15 }, (_, line) => line.toString()) }
  const status = await pipelineStatus(world)
  expect(status).toMatchObject({ state: 'failed', exitCode: 1 })
  expect(status.lastLines).toEqual(['5', '6', '7', '8', '9', '10', '11', '12', '13', '14'])
})

test('a run that goes on has no exit code yet', async () => {
  const { world } = stackScene([
    container('migration_app', { startedAt: '2026-11-21T13:02:00.000Z' }),
  ])
  expect(await pipelineStatus(world)).toMatchObject({
    state: 'running',
    exitCode: null,
    finishedAt: null,
    seconds: 4,
  })
})

test('a job without a container has never run', async () => {
  expect(await pipelineStatus(stackScene().world)).toMatchObject({
    state: 'never',
    container: null,
  })
})
