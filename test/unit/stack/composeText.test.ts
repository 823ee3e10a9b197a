import { describe, expect, test } from 'vitest'
import {
  logsArguments,
  projectArguments,
  runArguments,
  upArguments,
} from '../../../src/adapters/docker/composeArguments.js'
import { readProject } from '../../../src/adapters/docker/composeConfig.js'
import { inOrder } from '../../../src/adapters/docker/composeLog.js'
import { composeFailure } from '../../../src/adapters/docker/composeProcess.js'
import { servicesToStart } from '../../../src/adapters/docker/composeServices.js'
import { healthcare, service } from '../../fakes/project.js'

describe('arguments of compose', () => {
  test('name the files, the folder and the project, and forbid drawing', () => {
    expect(
      projectArguments({ composeFiles: ['/s/a.yml', '/s/b.yml'], directory: '/s', project: 'p' }).join(' '),
    ).toBe('--ansi never --project-directory /s --file /s/a.yml --file /s/b.yml --project-name p')
  })

  test('of up wait for health, and start nothing that was not chosen', () => {
    expect(upArguments(['mongodb'], 0.2).join(' ')).toBe(
      'up --detach --no-deps --wait --wait-timeout 1 -- mongodb',
    )
  })

  test('of run hold names of variables, never their values', () => {
    expect(runArguments('job', 'p-job-job', ['LOG_LEVEL']).join(' ')).toBe(
      'run --no-deps --no-TTY --interactive=false --name p-job-job --env LOG_LEVEL -- job',
    )
    expect(runArguments('job', undefined, [])).toContain('--rm')
  })

  test('of logs ask for times only to put lines in order', () => {
    expect(logsArguments(['a'], { follow: true, since: '600s' }, false).join(' ')).toBe(
      'logs --no-color --follow --since 600s --tail all -- a',
    )
    expect(logsArguments([], { follow: false, tail: 5 }, true).join(' ')).toBe(
      'logs --no-color --timestamps --tail 5 --',
    )
  })
})

test('what compose says of a project is read as it is, with nothing where nothing is', () => {
  const project = readProject(
    JSON.stringify({
      name: 'p',
      services: {
        a: {
          image: 'x',
          container_name: 'p_a',
          environment: { ONE: '1', UNSET: null, PRICE: '5$$' },
          entrypoint: ['bash'],
          secrets: [{ source: 'one', target: '/run/secrets/one' }, { source: 'two' }],
          depends_on: { b: { condition: 'service_healthy' } },
          command: ['mongod'],
          ports: [{ target: 27017, published: '27117', host_ip: '127.0.0.1' }],
          volumes: [
            { type: 'volume', source: 'data', target: '/data/db' },
            { type: 'bind', source: '/x', target: '/y' },
          ],
          healthcheck: { test: [] },
          restart: 'no',
          profiles: ['ui'],
        },
        b: { command: null, healthcheck: { disable: true } },
        c: { network_mode: 'host' },
      },
      volumes: { data: { name: 'p_data', driver_opts: { o: 'bind', device: '/mnt' } }, other: null, out: { name: 'out', external: true } },
      secrets: { one: { file: '/s/one' }, two: { environment: 'TWO' }, three: null },
    }),
  )
  expect(project.services['a']).toEqual({
    name: 'a',
    image: 'x',
    containerName: 'p_a',
    environment: { ONE: '1', PRICE: '5$' },
    dependsOn: { b: 'service_healthy' },
    command: ['mongod'],
    entrypoint: ['bash'],
    mounts: [
      { type: 'volume', source: 'data', destination: '/data/db' },
      { type: 'bind', source: '/x', destination: '/y' },
    ],
    secrets: [{ name: 'one', destination: '/run/secrets/one' }, { name: 'two' }],
    ports: [{ container: 27017, published: '27117', host: '127.0.0.1' }],
    volumes: ['data'],
    healthcheck: true,
    restart: 'no',
    profiles: ['ui'],
  })
  expect(project.services['b']).toEqual(service('b', { image: undefined as never }))
  expect(project.services['c']).toMatchObject({ hostNetwork: true, ports: [] })
  expect(project.volumes).toEqual([
    { key: 'data', name: 'p_data', external: false, device: '/mnt' },
    { key: 'other', name: 'p_other', external: false },
    { key: 'out', name: 'out', external: true },
  ])
  expect(project.secrets).toEqual({
    one: { file: '/s/one' },
    two: { environment: 'TWO' },
    three: {},
  })
})

describe('what is started', () => {
  test('is every service without a profile, after what it depends on, and never the job', () => {
    expect(servicesToStart(healthcare, [], 'migration_app')).toEqual(['mongodb', 'api'])
    expect(servicesToStart(healthcare, ['api'], 'migration_app')).toEqual(['mongodb', 'api'])
    expect(servicesToStart(healthcare, ['mongo_express'], undefined)).toEqual(['mongo_express'])
  })

  test('is not the job because something waits for it', () => {
    const services = {
      job: service('job'),
      web: service('web', { dependsOn: { job: 'service_completed_successfully' } }),
    }
    expect(servicesToStart({ ...healthcare, services }, [], 'job')).toEqual(['web'])
  })
})

test('lines of several services come in the order they were written', () => {
  expect(
    inOrder([
      'a-1  | 2026-11-21T08:00:02.000000000Z second',
      'a-1  | 2026-11-21T08:00:04.000000000Z fourth',
      'b-1  | 2026-11-21T08:00:01.000000000Z first',
      'b-1  | 2026-11-21T08:00:03.000000000Z third',
    ]),
  ).toEqual(['b-1  | first', 'a-1  | second', 'b-1  | third', 'a-1  | fourth'])
})

test('a failure of compose has its own last words, and knows an engine that is not there', () => {
  const finished = { exitCode: 1, stdout: '', lastWords: ['a', 'b', 'c', 'd', 'no such image'] }
  expect(composeFailure('up', finished)).toMatchObject({
    code: 'COMPOSE_FAILED',
    exitCode: 1,
    message: 'docker compose up left with exit code 1: b\nc\nd\nno such image',
  })
  const gone = { ...finished, lastWords: ['Cannot connect to the Docker daemon at unix:///x'] }
  expect(composeFailure('up', gone)).toMatchObject({ code: 'ENGINE_UNREACHABLE', exitCode: 13 })
})
