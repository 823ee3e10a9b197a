import { describe, expect, test } from 'vitest'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { readLimits } from '../../../src/domain/limitsFile.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { service } from '../../fakes/project.js'
import { limits, ward } from './remaking.js'

const MiB = 1024 ** 2
const fix: Fix = {
  kind: 'memory',
  title: 'give it more',
  service: 'mongodb',
  fromBytes: 256 * MiB,
  toBytes: 512 * MiB,
}
const request = { target: () => medical, safetyBackup: true, compression }
const said = async ({ around }: ReturnType<typeof ward>) =>
  readLimits((await around.ownCompose.text(limits)) ?? '')

describe('more memory', () => {
  test('is a file of ops, a container made anew, and proved; undo takes it away', async () => {
    const it = ward()
    const plan = await it.planned(fix, it.around)
    expect(needsConfirmation(plan)).toBe(true)
    const { result, receipt } = await carriedOut(plan, it.around)
    expect(result.did).toMatchObject({ memoryBytes: { before: 256 * MiB, after: 512 * MiB } })
    expect(await said(it)).toEqual({ mongodb: { mem_limit: '512m' } })
    expect(it.database()?.memoryLimit).toBe(512 * MiB)
    expect(receipt?.setting).toMatchObject({ service: 'mongodb', ranBefore: true })
    await carriedOut(await undo.plan(request, it.around), it.around)
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    expect(it.database()?.memoryLimit).toBe(256 * MiB)
    expect(it.said.files.at(-1)).not.toContain(limits)
  })

  test('leaves what the file says of others, and says it with every key that does', async () => {
    const it = ward()
    const { project } = it
    const keys = ['mem_limit', 'deploy'] as const
    const memory = { bytes: 256 * MiB, swapBytes: 320 * MiB, keys }
    const described = project.project.services['mongodb'] ?? service('mongodb')
    project.project = {
      ...project.project,
      services: { ...project.project.services, mongodb: { ...described, memory } },
    }
    await it.done(fix, it.around)
    expect(await said(it)).toEqual({
      mongodb: {
        mem_limit: '512m',
        memswap_limit: '576m',
        deploy: { resources: { limits: { memory: '512m' } } },
      },
    })
  })

  test('that the engine does not hold is taken back', async () => {
    const it = ward()
    it.said.made = { memoryLimit: 256 * MiB }
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'LIMIT_NOT_HELD' })
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    expect(it.said.files).toHaveLength(2)
  })

  test('that does not bring the container up is taken back, and one that was ill stays so', async () => {
    const it = ward({ state: 'exited', exitCode: 137, oomKilled: true })
    it.said.fails = new Error('it does not come up')
    await expect(it.done(fix, it.around)).rejects.toThrow('it does not come up')
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    const other = ward()
    other.said.made = { state: 'exited', exitCode: 137 }
    await expect(other.done(fix, other.around)).rejects.toMatchObject({
      code: 'CONTAINER_STILL_ILL',
    })
  })

  test('gives the server the time to end before it is made anew, each time, and as long to come back', async () => {
    const it = ward()
    it.said.made = { memoryLimit: 256 * MiB }
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'LIMIT_NOT_HELD' })
    expect(it.project.log).toEqual([
      'power off id-mongodb',
      'made mongodb',
      'power off id-1',
      'made mongodb',
    ])
    expect(it.said.patience).toEqual([10, 10])
  })

  test('lets the container go on that compose never came to replace', async () => {
    const it = ward()
    it.said.refuses = new Error('compose does not work')
    await expect(it.done(fix, it.around)).rejects.toThrow('compose does not work')
    expect(it.project.log).toEqual(['power off id-mongodb', 'power on id-mongodb'])
    expect(it.database()?.state).toBe('running')
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
  })

  test('is refused where the container was made from something else than the files say, and stale where they changed since', async () => {
    const it = ward()
    const plan = await it.planned(fix, it.around)
    it.said.edits = 1
    await expect(carriedOut(plan, it.around)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({
      code: 'CONFIG_DIFFERS',
      exitCode: 6,
    })
    expect(it.project.log).toEqual([])
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
  })

  test('is taken back also where the run was cut off before it made the container anew', async () => {
    const it = ward()
    const before = it.database()
    await it.done(fix, it.around)
    if (before) it.project.stack.containers[0] = before
    const plan = await undo.plan(request, it.around)
    expect(plan.facts.join()).toContain('COMPOSE_FILE')
    await carriedOut(plan, it.around)
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    expect(it.database()?.memoryLimit).toBe(256 * MiB)
  })

  test.each([
    [
      'its server says that its data lies elsewhere',
      'running',
      ['mongod'],
      '/srv/data',
      'NO_NAMED_VOLUME',
    ],
    [
      'its server says that its data lies where files put it',
      'running',
      ['mongod', '-f', '/c'],
      '/data/db',
      undefined,
    ],
    [
      'its options stand in a file, and it does not answer',
      'exited',
      ['mongod', '--config=/c'],
      '/data/db',
      'NO_NAMED_VOLUME',
    ],
    ['the same, in short', 'exited', ['mongod', '-f', '/c'], '/data/db', 'NO_NAMED_VOLUME'],
    [
      'what it runs is not known, and it does not answer',
      'exited',
      ['sh', '-c', 'exec /run.sh'],
      '/data/db',
      'NO_NAMED_VOLUME',
    ],
    [
      'its arguments say that its data lies elsewhere',
      'exited',
      ['mongod', '--dbpath', '/srv/data'],
      '/data/db',
      'NO_NAMED_VOLUME',
    ],
    ['its arguments say nothing of that', 'exited', ['mongod', '--quiet'], '/data/db', undefined],
  ] as const)('where %s', async (_, state, command, dbPath, code) => {
    const it = ward({ state, command })
    it.server.storage = { ...it.server.storage, dbPath }
    // A clock that stands: nobody waits in vain for what answers at once.
    const patient = { ...it.around.clock, sleep: () => new Promise<void>(() => undefined) }
    const planned = it.planned(fix, { ...it.around, clock: patient })
    if (code === undefined) await expect(planned).resolves.toBeDefined()
    else await expect(planned).rejects.toMatchObject({ code })
  })

  test.each([
    ['its limit is another by now', ward({ memoryLimit: 300 * MiB }), fix],
    ['the machine has not that much', ward(), { ...fix, toBytes: 15_000 * MiB }],
  ])('is refused where %s', async (_, it, asked) => {
    await expect(it.planned(asked, it.around)).rejects.toMatchObject({ code: 'LIMIT_CHANGED' })
  })

  test('is refused where somebody has taken over the file', async () => {
    const it = ward()
    await it.around.ownCompose.write(limits, 'services: {}\n')
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({ code: 'LIMIT_CHANGED' })
  })

  test('is refused where its data might not be there afterwards', async () => {
    const it = ward({ mounts: [] })
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({ code: 'DATA_ELSEWHERE' })
  })
})
