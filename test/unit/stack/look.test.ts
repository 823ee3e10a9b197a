import { describe, expect, test } from 'vitest'
import { groupRequest, logRequest, type LogFlags } from '../../../src/cli/logRequest.js'
import { groupLogs } from '../../../src/procedures/stack/groupLogs.js'
import { pattern, readLogs } from '../../../src/procedures/stack/logs.js'
import { lookAtStack, useOfStack } from '../../../src/procedures/stack/look.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { stackScene } from './scene.js'

describe('looking at the stack', () => {
  test('shows containers, services that have none, and which of them is a job', async () => {
    const { world } = stackScene([
      container('mongodb', {
        health: 'healthy',
        ports: { '27017/tcp': [{ host: '127.0.0.1', port: 27017 }] },
      }),
      container('migration_app', { state: 'exited', finishedAt: '2026-11-21T11:00:00Z' }),
    ])
    const { services } = await lookAtStack([], [medical], world)
    expect(services.map((row) => [row.service, row.role, row.state, row.exitCode])).toEqual([
      ['api', 'service', 'absent', null],
      ['migration_app', 'job', 'exited', 0],
      ['mongodb', 'service', 'running', null],
    ])
    expect(services[2]?.ports).toEqual(['127.0.0.1:27017->27017/tcp'])
  })

  test('shows only the services that were named', async () => {
    const { world } = stackScene()
    const { services } = await lookAtStack(['healthcare_api'], [], world)
    expect(services.map(({ service }) => service)).toEqual(['api'])
  })

  test('samples only what runs', async () => {
    const { world } = stackScene([container('mongodb'), container('api', { state: 'exited' })])
    const asked: string[] = []
    const use = (names: readonly string[]) => {
      asked.push(...names)
      return Promise.resolve([])
    }
    await useOfStack([], { ...world, engine: { ...world.engine, use } })
    expect(asked).toEqual(['healthcare_mongodb'])
  })
})

describe('reading logs', () => {
  const signal = new AbortController().signal

  test('asks for services by whatever name they were given', async () => {
    const { project, world } = stackScene()
    const lines: string[] = []
    project.logs = { mongodb: ['a', 'b'] }
    await readLogs(
      { names: ['healthcare_mongodb'], follow: false, tail: 200 },
      world,
      (line) => lines.push(line),
      signal,
    )
    expect(project.log).toEqual(['logs mongodb {"follow":false,"tail":200}'])
    expect(lines).toEqual(['a', 'b'])
  })

  test('searches far more lines than it shows, and shows the last that match', async () => {
    const { project, world } = stackScene()
    const lines: string[] = []
    project.logs = { mongodb: ['ERROR 1', 'fine', 'error 2', 'Error 3'] }
    await readLogs(
      { names: ['mongodb'], follow: false, tail: 2, wanted: (line) => pattern('error').test(line) },
      world,
      (line) => lines.push(line),
      signal,
    )
    expect(project.log).toEqual(['logs mongodb {"follow":false,"tail":10000}'])
    expect(lines).toEqual(['error 2', 'Error 3'])
  })

  test('finds the log of the job in the container of its last run', async () => {
    const { project, world } = stackScene([
      container('migration_app', { name: 'old', startedAt: '2026-11-20T00:00:00Z' }),
      container('migration_app', { name: 'new', startedAt: '2026-11-21T00:00:00Z' }),
    ])
    project.logs = { old: ['old'], new: ['one', 'two'] }
    const lines: string[] = []
    await readLogs(
      { names: ['migration_app'], follow: false, tail: 1 },
      world,
      (line) => lines.push(line),
      signal,
    )
    expect(lines).toEqual(['two'])
  })

  test('refuses a pattern that is none', () => {
    expect(() => pattern('(')).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }))
  })
})

describe('which lines of logs', () => {
  const signal = new AbortController().signal

  async function linesOf(flags: Partial<LogFlags>): Promise<readonly string[]> {
    const { project, world } = stackScene()
    project.logs = {
      mongodb: ['db  | {"s":"I","msg":"fine"}', 'db  | {"s":"E","msg":"broken 7"}'],
      api: ['api  | ERROR broken', 'api  |   at a line', 'api  | INFO fine'],
    }
    const lines: string[] = []
    const names = ['mongodb', 'api']
    await readLogs(
      logRequest(names, { follow: false, ...flags }),
      world,
      (line) => lines.push(line),
      signal,
    )
    return lines
  }

  test('those of a level or a worse one, with what is indented below them', async () => {
    expect(await linesOf({ level: 'error' })).toEqual([
      'db  | {"s":"E","msg":"broken 7"}',
      'api  | ERROR broken',
      'api  |   at a line',
    ])
  })

  test('of a level, and with a word in them', async () => {
    expect(await linesOf({ level: 'error', grep: 'line' })).toEqual(['api  |   at a line'])
  })

  test('grouped: with the time of the engine, from as many lines as are searched', async () => {
    const { project, world } = stackScene()
    const at = '2026-11-21T13:00:00'
    project.logs = { api: [`api  | ${at}.1Z row 1`, `api  | ${at}.9Z row 2`, `api  | ${at}.5Z end`] }
    const grouped = await groupLogs(groupRequest(['api'], {}), world, signal)
    expect(project.log).toEqual(['logs api {"follow":false,"tail":10000,"timed":true}'])
    expect(grouped).toMatchObject({
      lines: 3,
      patterns: [
        { count: 2, pattern: 'row <number>', first: `${at}.100Z`, last: `${at}.900Z` },
        { count: 1, pattern: 'end' },
      ],
    })
  })
})
