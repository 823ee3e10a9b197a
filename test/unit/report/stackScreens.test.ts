import { expect, test } from 'vitest'
import type { ServiceRow } from '../../../src/procedures/stack/rows.js'
import {
  configCheckScreen,
  configPathScreen,
  initScreen,
} from '../../../src/report/configuration.js'
import { pipelineRunScreen, pipelineStatusScreen } from '../../../src/report/pipeline.js'
import { downScreen, stackScreen, statsScreen } from '../../../src/report/stack.js'
import { pipe, terminal } from './canvas.js'

const row: ServiceRow = {
  service: 'mongodb',
  container: 'healthcare_mongodb',
  role: 'service',
  state: 'running',
  health: 'healthy',
  startedAt: '2026-11-21T10:00:00Z',
  finishedAt: null,
  exitCode: null,
  outOfMemory: false,
  restarts: 0,
  image: 'ops-mongo:6.0.5',
  ports: ['127.0.0.1:27017->27017/tcp'],
}
const job: ServiceRow = {
  ...row,
  service: 'migration_app',
  container: 'healthcare_migration',
  role: 'job',
  state: 'exited',
  health: null,
  finishedAt: '2026-11-21T11:02:00Z',
  exitCode: 0,
  ports: [],
}

test('a job that has ended is shown as a job, not as a service that is down', () => {
  expect(stackScreen({ project: 'healthcare', services: [job, row] }, terminal))
    .toMatchInlineSnapshot(`
    "healthcare: 2 containers, 1 running

    SERVICE        CONTAINER             ROLE     STATE       HEALTH   SINCE     RESTARTS  PORTS
    migration_app  healthcare_migration  job      exited (0)           2 hr ago         0
    mongodb        healthcare_mongodb    service  running     healthy  3 hr ago         0  127.0.0.1:27017->27017/tcp"
  `)
})

test('a container that was killed for want of memory says so', () => {
  const killed = { ...row, state: 'exited' as const, exitCode: 137, outOfMemory: true }
  expect(stackScreen({ project: 'p', services: [killed] }, pipe)).toContain(
    'exited (out of memory)',
  )
})

test('use is in bytes for a pipe and in words for a person', () => {
  const use = {
    name: 'healthcare_mongodb',
    service: 'mongodb',
    cpuPercent: 4.06,
    memoryBytes: 312_000_000,
    memoryLimitBytes: 1_000_000_000,
    networkInBytes: 0,
    networkOutBytes: 0,
    blockReadBytes: 0,
    blockWriteBytes: 0,
    processes: 31,
  }
  expect(statsScreen({ project: 'p', containers: [use] }, terminal)).toContain(
    '4.1  312 MB   1 GB      31.2',
  )
  expect(statsScreen({ project: 'p', containers: [use] }, pipe)).toContain(
    '4.1\t312000000\t1000000000',
  )
  expect(statsScreen({ project: 'p', containers: [] }, terminal)).toContain('ops stack up')
})

test('what was taken down names each volume that is gone', () => {
  const removed = { containers: ['a', 'b'], volumes: ['mongo_data'] }
  expect(downScreen({ project: 'p', removed, receipt: null }, terminal)).toBe(
    '✔ p is down: 2 containers removed\n  volume mongo_data removed, with everything in it',
  )
})

const steps = [
  {
    number: 1,
    of: 2,
    title: 'Data Loading',
    seconds: 6,
    baselineSeconds: 5,
    slower: true,
    late: false,
  },
  { number: 2, of: 2, title: 'Completion', slower: false, late: false },
]

test('a run of the pipeline is held against its baselines', () => {
  const result = {
    job: 'migration_app',
    target: 'medical',
    exitCode: 0 as const,
    seconds: 7.5,
    baselineSeconds: 45,
    slower: false,
    steps,
    safetyBackup: 'medical-1-safety',
    receipt: 'pipeline-run-1',
  }
  expect(pipelineRunScreen(result, terminal)).toMatchInlineSnapshot(`
    "✔ migration_app left with exit code 0 after 7.5 s (baseline 45 s)

    STEP                     TOOK  BASELINE
    1/2   Data Loading     6.00 s       5 s  slower
    2/2   Completion    not ended
      Before it: medical-1-safety
      Take it back: ops undo pipeline-run-1"
  `)
})

test('the last run is shown with how it ended and the end of its log', () => {
  const status = {
    job: 'migration_app',
    state: 'failed' as const,
    container: 'p-migration_app-job',
    startedAt: '2026-11-21T13:00:00Z',
    finishedAt: '2026-11-21T13:00:04Z',
    exitCode: 1,
    seconds: 4,
    baselineSeconds: 45,
    slower: false,
    steps: [],
    verdict: 'fail' as const,
    findings: [],
    history: [],
    lastLines: ['ERROR no \u001b[2Jrows'],
  }
  expect(pipelineStatusScreen(status, terminal)).toMatchInlineSnapshot(`
    "migration_app  failed
    Started    2 min ago (2026-11-21 13:00 UTC)
    Finished   2 min ago (2026-11-21 13:00 UTC)
    Exit code  1
    Took       4.0 s (baseline 45 s)
    Container  p-migration_app-job

    ERROR no \\u001b[2Jrows"
  `)
  expect(pipelineStatusScreen({ ...status, state: 'never' }, terminal)).toContain('has not run')
})

test('a configuration is said to be valid, and where it lies', () => {
  expect(configCheckScreen({ file: '/srv/ops.yaml', targets: ['medical'] }, terminal)).toBe(
    '✔ /srv/ops.yaml is valid, 1 target: medical',
  )
  expect(
    configPathScreen({
      file: '/srv/ops.yaml',
      because: 'machine',
      state: '/var/lib/ops',
      stateBecause: null,
      log: '/srv/logs/ops.log',
      logBecause: 'log.folder',
    }),
  ).toBe(
    'Configuration  /srv/ops.yaml (machine)\nState          /var/lib/ops (default)\nLog            /srv/logs/ops.log (log.folder)',
  )
})

test('a first configuration says what was found; a dry run is the text alone', () => {
  const result = {
    file: '/srv/ops.yaml',
    written: true,
    keptAs: '/srv/old',
    notes: ['medical: found'],
    text: 'version: 1\n',
  }
  expect(initScreen(result, terminal)).toContain(
    'What was there before: /srv/old\n  medical: found',
  )
  expect(initScreen({ ...result, written: false }, terminal)).toBe('version: 1')
})
