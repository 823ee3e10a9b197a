import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose as adapter } from '../../../src/adapters/docker/compose.js'
import { Failure } from '../../../src/domain/failure.js'
import { composeScene } from './scene.js'

const signal = () => new AbortController().signal
const silent = () => undefined
let scene: Awaited<ReturnType<typeof composeScene>>

beforeAll(async () => {
  scene = await composeScene()
})

afterAll(() => scene.remove())

describe('compose', () => {
  test('says its version and what its files describe, profiles included', async () => {
    expect(await scene.compose.version()).toMatch(/^\d+\.\d+/)
    const project = await scene.compose.project(scene.stack)
    expect(Object.keys(project.services).sort()).toEqual(['base', 'job', 'tool', 'web'])
    expect(project.services['web']?.dependsOn).toEqual({ base: 'service_healthy' })
    expect(project.services['base']?.volumes).toEqual(['kept'])
    expect(project.volumes[0]?.external).toBe(false)
  })

  test('starts services in order and waits for health; the job and profiles stay down', async () => {
    const said: string[] = []
    await scene.compose.up(
      scene.stack,
      [],
      { timeoutSeconds: 40 },
      (line) => said.push(line),
      signal(),
    )
    expect(await scene.states()).toEqual({ base: 'running', web: 'running' })
    expect(said.join('\n')).toContain('Healthy')
  })

  test('tells what a container was made from, and what it would be made from by now', async () => {
    const all = await scene.engine.containers(scene.stack.project)
    for (const name of ['base', 'web']) {
      const own = all.find((one) => one.service === name)
      expect(await scene.compose.configHash(scene.stack, name)).toBe(own?.configHash)
      expect(own?.configHash).toMatch(/^[0-9a-f]{64}$/)
    }
    const edited = join(scene.folder, 'edited.yaml')
    await writeFile(edited, 'services: {base: {environment: {A: b}}}\n')
    const other = { ...scene.stack, composeFiles: [...scene.stack.composeFiles, edited] }
    const [now, later] = await Promise.all(
      [scene.stack, other].map((stack) => scene.compose.configHash(stack, 'base')),
    )
    expect(later).not.toBe(now)
    await expect(scene.compose.configHash(scene.stack, 'nobody')).rejects.toMatchObject({
      code: 'COMPOSE_FAILED',
    })
  })

  test('tells the same of a service that takes variables from a file', async () => {
    const variables = join(scene.folder, 'ward.env')
    await writeFile(variables, `WARD=7\nSECRET='a$b c'\n`)
    const given = join(scene.folder, 'given.yaml')
    const text = `services: {base: {env_file: [ward.env], environment: {A: 'b$$c'}}}\n`
    await writeFile(given, text)
    const stack = { ...scene.stack, composeFiles: [...scene.stack.composeFiles, given] }
    await scene.compose.make(stack, 'base', { timeoutSeconds: 40, anew: true }, silent, signal())
    const made = async () =>
      (await scene.engine.containers(stack.project)).find(({ service }) => service === 'base')
    const own = await made()
    expect(own?.environment).toMatchObject({ WARD: '7', SECRET: 'a$b c', A: 'b$c' })
    expect(await scene.compose.configHash(stack, 'base')).toBe(own?.configHash)
    await writeFile(variables, 'WARD=8\n')
    expect(await scene.compose.configHash(stack, 'base')).not.toBe(own?.configHash)
  })

  test('reads no log without the docker command, and does not call it empty', async () => {
    const without = adapter({ PATH: '/nowhere' }).lastLines('anything', 1)
    await expect(without).rejects.toMatchObject({ code: 'COMPOSE_MISSING' })
  })

  test('stops, starts and restarts what it is told to, and nothing else', async () => {
    await scene.compose.stop(scene.stack, ['web'], silent, signal())
    expect(await scene.states()).toEqual({ base: 'running', web: 'exited' })
    await scene.compose.start(scene.stack, ['web'], silent, signal())
    expect(await scene.states()).toEqual({ base: 'running', web: 'running' })
    await scene.compose.restart(scene.stack, ['base'], silent, signal())
    expect(await scene.states()).toEqual({ base: 'running', web: 'running' })
    await scene.compose.stop(scene.stack, [], silent, signal())
    expect(await scene.states()).toEqual({ base: 'running', web: 'running' })
  })

  test('shows the logs of several services, the last lines of each', async () => {
    const lines: string[] = []
    await scene.compose.logs(
      scene.stack,
      [],
      { follow: false, tail: 5 },
      (line) => lines.push(line),
      signal(),
    )
    expect(lines.some((line) => line.includes('base is up'))).toBe(true)
    expect(lines.some((line) => line.includes('web is up'))).toBe(true)
    expect(lines.join('')).not.toContain('\u001b')
  })

  test('follows a log until it is told to stop', async () => {
    const controller = new AbortController()
    const reason = new Failure('interrupted', 'INTERRUPTED', 'x', [])
    const following = scene.compose.logs(
      scene.stack,
      ['web'],
      { follow: true },
      () => {
        controller.abort(reason)
      },
      controller.signal,
    )
    await expect(following).rejects.toBe(reason)
  })
})

describe('the job', () => {
  test('runs in a container of its own, hears its variables, and gives its exit code', async () => {
    const lines: string[] = []
    const run = (variables: Record<string, string>) =>
      scene.compose.run(scene.stack, 'job', variables, (line) => lines.push(line), signal())
    expect(await run({ LOG_LEVEL: 'DEBUG', CODE: '0' })).toBe(0)
    expect(lines.join('\n')).toContain('DEBUG')
    expect(lines.join('\n')).toContain('to stderr')
    expect(await run({ CODE: '7' })).toBe(7)

    const name = `${scene.stack.project ?? ''}-job-job`
    expect(await scene.compose.lastLines(name, 5)).toEqual(
      expect.arrayContaining([expect.stringContaining('level INFO')]),
    )
    const over = AbortSignal.abort(new Error('nobody waits'))
    await expect(scene.compose.lastLines(name, 5, { signal: over })).rejects.toBe(over.reason)
  })

  test('is stopped with the run that is aborted', async () => {
    const controller = new AbortController()
    const reason = new Failure('interrupted', 'INTERRUPTED', 'x', [])
    const running = scene.compose.run(
      scene.stack,
      'job',
      { SLOW: '1' },
      (line) => {
        if (line.includes('to stderr')) controller.abort(reason)
      },
      controller.signal,
    )
    await expect(running).rejects.toBe(reason)
    expect((await scene.states())['job']).toBe('exited')
  })

  test('is stopped as a service is, although it is a one-off container', async () => {
    let begun: () => void = () => undefined
    const started = new Promise<void>((resolve) => (begun = resolve))
    const running = scene.compose.run(
      scene.stack,
      'job',
      { SLOW: '1' },
      (line) => {
        if (line.includes('to stderr')) begun()
      },
      signal(),
    )
    await started
    await scene.compose.stop(scene.stack, ['job'], silent, signal())
    expect((await scene.states())['job']).toBe('exited')
    expect(await running).not.toBe(0)
  })
})

describe('what goes wrong', () => {
  test('is told in the words of compose', async () => {
    await expect(
      scene.compose.start(scene.stack, ['nobody'], silent, signal()),
    ).rejects.toMatchObject({
      code: 'COMPOSE_FAILED',
      exitCode: 1,
      message: expect.stringContaining('nobody') as string,
    })
    await expect(
      scene.compose.run(scene.stack, 'nobody', {}, silent, signal()),
    ).rejects.toMatchObject({ code: 'COMPOSE_FAILED' })
    await expect(scene.compose.lastLines('door-nobody', 1)).rejects.toMatchObject({
      code: 'CONTAINER_NOT_FOUND',
    })
  })

  test('an engine that is not there is called that', async () => {
    const nowhere = adapter({ ...process.env, DOCKER_HOST: 'unix:///nowhere.sock' })
    await expect(nowhere.stop(scene.stack, ['web'], silent, signal())).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      exitCode: 13,
    })
  })

  test('a machine without compose is told how to get it', async () => {
    await expect(adapter({ PATH: scene.folder }).version()).rejects.toMatchObject({
      code: 'COMPOSE_MISSING',
      exitCode: 13,
    })
  })

  test('an aborted call does not begin', async () => {
    const reason = new Failure('interrupted', 'INTERRUPTED', 'x', [])
    await expect(
      scene.compose.stop(scene.stack, ['web'], silent, AbortSignal.abort(reason)),
    ).rejects.toBe(reason)
  })
})

test('taking it down leaves the volume, unless it is asked for', async () => {
  const volume = `${scene.stack.project ?? ''}_kept`
  await scene.compose.down(scene.stack, { volumes: false }, silent, signal())
  expect(await scene.states()).toEqual({})
  expect(await scene.docker('volume', 'ls', '--quiet')).toContain(volume)
  await scene.compose.down(scene.stack, { volumes: true }, silent, signal())
  expect(await scene.docker('volume', 'ls', '--quiet')).not.toContain(volume)
})
