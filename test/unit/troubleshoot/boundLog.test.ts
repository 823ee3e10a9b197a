import { describe, expect, test } from 'vitest'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { readLimits } from '../../../src/domain/limitsFile.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { limits, ward } from './remaking.js'

const log = { driver: 'json-file', options: {}, path: '/var/lib/docker/containers/1/1-json.log' }
const logging = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } }
const fix: Fix = { kind: 'logs', title: 'bound it', service: 'mongodb', bytes: 3e9 }
const request = { target: () => medical, safetyBackup: true, compression }
const said = async ({ around }: ReturnType<typeof ward>) =>
  readLimits((await around.ownCompose.text(limits)) ?? '')

describe('a bounded log', () => {
  test('is a file of ops, a container made anew, and proved; undo takes it away', async () => {
    const it = ward({ log })
    const plan = await it.planned(fix, it.around)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.loses).toHaveLength(2)
    const { result } = await carriedOut(plan, it.around)
    expect(result.did).toMatchObject({ service: 'mongodb', logBytes: 3e9, logging })
    expect(await said(it)).toEqual({ mongodb: { logging } })
    expect(it.database()?.log).toMatchObject(logging)
    await carriedOut(await undo.plan(request, it.around), it.around)
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    expect(it.database()?.log?.options).toEqual({})
  })

  test('leaves a limit of memory that the file has, and is taken back without it', async () => {
    const it = ward({ log })
    const memory = { kind: 'memory', title: 'more', service: 'mongodb' } as const
    const MiB = 1024 ** 2
    await it.done({ ...memory, fromBytes: 256 * MiB, toBytes: 512 * MiB }, it.around)
    await it.done(fix, it.around)
    expect(await said(it)).toEqual({ mongodb: { mem_limit: '512m', logging } })
    await carriedOut(await undo.plan(request, it.around), it.around)
    expect(await said(it)).toEqual({ mongodb: { mem_limit: '512m' } })
  })

  test('that the engine does not hold is taken back', async () => {
    const it = ward({ log })
    it.said.made = { log }
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'LOG_NOT_BOUNDED' })
    expect(await it.around.ownCompose.text(limits)).toBeUndefined()
    expect(it.said.files).toHaveLength(2)
  })

  test('is refused where it is bounded by now, or somebody has taken over the file', async () => {
    const bounded = ward({ log: { ...log, options: { 'max-size': '1g' } } })
    await expect(bounded.planned(fix, bounded.around)).rejects.toMatchObject({
      code: 'LOG_CHANGED',
      exitCode: 6,
    })
    const taken = ward({ log })
    await taken.around.ownCompose.write(limits, 'services: {}\n')
    await expect(taken.planned(fix, taken.around)).rejects.toMatchObject({ code: 'LOG_CHANGED' })
  })

  test('is refused where its data might not be there afterwards', async () => {
    const it = ward({ log, mounts: [] })
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({ code: 'DATA_ELSEWHERE' })
  })
})
