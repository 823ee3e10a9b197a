import { beforeEach, describe, expect, test } from 'vitest'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { env, settings, ward } from './remaking.js'

const fix: Fix = {
  kind: 'port',
  title: 'publish it elsewhere',
  service: 'mongodb',
  variable: 'MONGO_PORT',
  from: 27_017,
  to: 27_018,
  host: '127.0.0.1',
}
const file = 'services: {mongodb: {ports: ["127.0.0.1:${MONGO_PORT:-27017}:27017"]}}\n'
const changed = settings.replace('27017', '27018')

let it: ReturnType<typeof ward>
const text = () => it.around.files.text(env)

beforeEach(async () => {
  it = ward({ state: 'created', error: 'port is already allocated' })
  await it.around.variableFiles.replace('/srv/docker-compose.yml', file)
  await it.around.variableFiles.replace(env, settings)
})

describe('another port', () => {
  test('is one number in .env, a container made anew, and proved; undo sets it back', async () => {
    const plan = await it.planned(fix, it.around)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.target).toBe('medical')
    expect(JSON.stringify(plan)).not.toContain('a b')
    const { result, receipt } = await carriedOut(plan, it.around)
    expect(result.did).toMatchObject({
      variable: 'MONGO_PORT',
      port: { before: 27_017, after: 27_018 },
    })
    expect(await text()).toBe(changed)
    expect(JSON.stringify(receipt)).not.toContain('a b')
    const request = { target: () => medical, safetyBackup: true, compression }
    await carriedOut(await undo.plan(request, it.around), it.around)
    expect(await text()).toBe(settings)
  })

  test('is set where it was not, and taken away again, with the file that was made for it', async () => {
    await it.around.variableFiles.remove(env)
    await it.done(fix, it.around)
    expect(await text()).toBe('MONGO_PORT=27018\n')
    const request = { target: () => medical, safetyBackup: true, compression }
    await carriedOut(await undo.plan(request, it.around), it.around)
    expect(await text()).toBeUndefined()
  })

  test('that does not hold is taken back: what did not run before need not run again', async () => {
    it.said.answers = false
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'PORT_SILENT' })
    expect(await text()).toBe(settings)
    it.said.made = { ports: {} }
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'PORT_SILENT' })
    expect(await text()).toBe(settings)
  })

  test.each([
    ['it was taken meanwhile', () => it.said.taken.add(27_018)],
    [
      'the variable is none of the port’s any more',
      () =>
        it.around.variableFiles.replace(
          '/srv/docker-compose.yml',
          file.replace('MONGO_PORT', 'PORT'),
        ),
    ],
    [
      'something else depends on the variable',
      () => it.around.variableFiles.replace('/srv/docker-compose.yml', `${file}# \${MONGO_PORT}\n`),
    ],
  ])('is refused where %s', async (_, before) => {
    await before()
    const was = await text()
    await expect(it.done(fix, it.around)).rejects.toMatchObject({ code: 'PORT_NOT_CHANGED' })
    expect(await text()).toBe(was)
    expect(it.said.files).toEqual([])
  })

  test('that somebody changed since is not taken back', async () => {
    await it.done(fix, it.around)
    await it.around.variableFiles.replace(env, settings.replace('27017', '30000'))
    const request = { target: () => medical, safetyBackup: true, compression }
    await expect(undo.plan(request, it.around)).rejects.toMatchObject({ code: 'SETTING_CHANGED' })
    await it.around.variableFiles.replace(env, changed)
    const plan = await undo.plan(request, it.around)
    await it.around.variableFiles.replace(env, settings.replace('27017', '30000'))
    await expect(carriedOut(plan, it.around)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(await text()).toContain('30000')
    expect(it.said.files).toHaveLength(1)
  })

  test('is looked at again before anything is touched: neither is it taken by then, nor another container there', async () => {
    const taken = await it.planned(fix, it.around)
    it.said.taken.add(27_018)
    await expect(carriedOut(taken, it.around)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    it.said.taken.clear()
    const other = await it.planned(fix, it.around)
    const [own] = it.project.stack.containers
    if (own) it.project.stack.containers[0] = { ...own, id: 'another' }
    await expect(carriedOut(other, it.around)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(await text()).toBe(settings)
    expect(it.said.files).toEqual([])
    expect(it.project.log).toEqual([])
  })

  test('is for no service that has no container, whose image changed, or that is gone', async () => {
    const { project } = it
    const [own] = project.stack.containers
    project.stack.containers.splice(0, 1)
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' })
    if (own) project.stack.containers.push({ ...own, imageId: 'sha256:2' })
    await expect(it.planned(fix, it.around)).rejects.toMatchObject({ code: 'IMAGE_DIFFERS' })
    const gone = { ...fix, service: 'nobody' }
    await expect(it.planned(gone, it.around)).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' })
  })
})
