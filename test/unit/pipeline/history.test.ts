import { expect, test } from 'vitest'
import { pipelineStatus } from '../../../src/procedures/pipeline/status.js'
import { pipelineStatusScreen } from '../../../src/report/pipeline.js'
import { container } from '../../fakes/stack.js'
import { terminal } from '../report/canvas.js'
import { stackScene } from '../stack/scene.js'

const job = (minute: number, changes = {}) =>
  container('migration_app', {
    name: 'job',
    state: 'exited',
    startedAt: `2026-11-21T12:${minute.toString().padStart(2, '0')}:00.000Z`,
    finishedAt: `2026-11-21T12:${minute.toString().padStart(2, '0')}:30.000Z`,
    ...changes,
  })

const log = (minute: number) => {
  const at = (second: number) =>
    `2026-11-21T12:${minute.toString().padStart(2, '0')}:${second.toString().padStart(2, '0')}.000000000Z`
  return [
    `${at(0)} Step 1/2: Data Loading`,
    `${at(4)} Step 2/2: Data Migration`,
    `${at(29)} all is in`,
  ]
}

test('runs that were seen are kept once each, the newest first, also when their containers are gone', async () => {
  const { project, world } = stackScene([job(10)])
  project.logs = { job: log(10) }
  expect((await pipelineStatus(world)).history).toHaveLength(1)
  expect((await pipelineStatus(world)).history).toHaveLength(1)
  project.stack.containers.splice(0, 1, job(20, { exitCode: 1 }))
  project.logs = { job: log(20) }
  const status = await pipelineStatus(world)
  expect(status).toMatchObject({ verdict: 'fail' })
  expect(status.history).toMatchObject([
    { startedAt: '2026-11-21T12:20:00.000Z', exitCode: 1, seconds: 30 },
    {
      startedAt: '2026-11-21T12:10:00.000Z',
      exitCode: 0,
      steps: { 'Data Loading': 4, 'Data Migration': 26 },
    },
  ])
  project.stack.containers.splice(0)
  const gone = await pipelineStatus(world)
  expect(gone).toMatchObject({ state: 'never', verdict: 'fail' })
  expect(gone.history).toHaveLength(2)
  expect(pipelineStatusScreen(gone, terminal)).toContain('the last 2 since')
})

test('times that the engine wrote before the lines are not shown', async () => {
  const { project, world } = stackScene([job(10)])
  project.logs = { job: log(10) }
  expect((await pipelineStatus(world)).lastLines).toEqual([
    'Step 1/2: Data Loading',
    'Step 2/2: Data Migration',
    'all is in',
  ])
})

test('a state folder that takes nothing hides no run', async () => {
  const { project, world } = stackScene([job(10)])
  project.logs = { job: log(10) }
  const refuse = () => Promise.reject(new Error('EROFS'))
  const samples = { ...world.samples, runs: { keep: refuse, kept: refuse } }
  expect(await pipelineStatus({ ...world, samples })).toMatchObject({
    state: 'succeeded',
    verdict: 'ok',
    history: [{ exitCode: 0 }],
  })
})
