import { execa } from 'execa'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { gitTracking } from '../../../src/adapters/host/gitTracking.js'
import { thisMachine } from '../../../src/adapters/host/machine.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-machine-'))
  return () => rm(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

/** Looks as a user without the rights of root. */
async function asNobody<Answer>(look: () => Promise<Answer>): Promise<Answer> {
  process.seteuid?.(65_534)
  try {
    return await look()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a path', () => {
  test('is told with its kind, its mode and its owner; links are followed', async () => {
    await writeFile(at('password'), 'x', { mode: 0o640 })
    await symlink(at('password'), at('link'))
    await symlink(at('nothing'), at('dangling'))
    const facts = { kind: 'file', mode: 0o640, owner: 'us', ownGroup: true }
    expect(await thisMachine.path(at('password'))).toMatchObject(facts)
    expect(await thisMachine.path(at('link'))).toMatchObject(facts)
    expect(await thisMachine.path(at('dangling'))).toEqual({
      path: at('dangling'),
      kind: 'missing',
    })
    expect((await thisMachine.path(join(at('password'), 'below'))).kind).toBe('missing')
    expect((await thisMachine.path('/dev/null')).kind).toBe('other')
  })

  test('is the same, whatever links lead to it; one that is missing stays as it is', async () => {
    await mkdir(at('shelf'))
    await symlink(at('shelf'), at('link'))
    await writeFile(join(at('shelf'), 'key'), 'x')
    const real = await thisMachine.real(join(at('shelf'), 'key'))
    expect(await thisMachine.real(join(at('link'), 'key'))).toBe(real)
    expect(await thisMachine.real(at('nothing'))).toBe(at('nothing'))
  })

  test('lies on a file system that can be told from another one', async () => {
    const [here, there] = await Promise.all([thisMachine.path(folder), thisMachine.path('/proc')])
    expect(here.device).toBeTypeOf('number')
    expect(here.device).not.toBe(there.device)
  })
})

describe('a folder', () => {
  test('is proved to be writable, and nothing of the proof is left', async () => {
    expect(await thisMachine.folder(folder)).toMatchObject({
      kind: 'folder',
      mode: 0o700,
      owner: 'us',
      writable: true,
      inMemory: false,
    })
    expect(await readdir(folder)).toEqual([])
  })

  test('that is missing is not made; whether it could be is told', async () => {
    expect(await thisMachine.folder(at('a/b'))).toMatchObject({ kind: 'missing', writable: true })
    expect(await readdir(folder)).toEqual([])
    await writeFile(at('file'), '')
    expect(await thisMachine.folder(at('file/a/b'))).toMatchObject({
      kind: 'missing',
      writable: false,
      obstacle: 'ENOTDIR',
    })
  })

  test('that is a link is a link', async () => {
    await mkdir(at('real'))
    await symlink(at('real'), at('link'))
    expect((await thisMachine.folder(at('link'))).kind).toBe('link')
  })

  test('in memory is told as such', async () => {
    expect(await thisMachine.folder('/dev/shm')).toMatchObject({ inMemory: true })
  })

  test.runIf(process.getuid?.() === 0)('of somebody else takes nothing', async () => {
    await mkdir(at('theirs'), { mode: 0o755 })
    await mkdir(at('closed'), { mode: 0o700 })
    await chmod(folder, 0o755)
    expect(await asNobody(() => thisMachine.folder(at('theirs')))).toMatchObject({
      kind: 'folder',
      writable: false,
      obstacle: 'EACCES',
    })
    expect(await asNobody(() => thisMachine.folder(at('closed/shelf')))).toMatchObject({
      kind: 'hidden',
      writable: false,
    })
    expect((await asNobody(() => thisMachine.path(at('closed/secret')))).kind).toBe('hidden')
    expect(await asNobody(() => thisMachine.readable(at('closed')))).toBe(false)
    expect(await asNobody(() => thisMachine.readable(at('closed/below')))).toBe(false)
    expect(await asNobody(() => thisMachine.readable(at('theirs')))).toBe(true)
    expect(await asNobody(() => thisMachine.readable(at('missing')))).toBe(true)
  })
})

describe('git', () => {
  const git = (...argv: readonly string[]) => execa('git', argv, { cwd: folder })
  const tracking = async (name: string) => (await thisMachine.tracking(at(name))).state

  test('keeps what was added, also behind a link, and nothing else', async () => {
    await git('init', '--quiet')
    await writeFile(at('.env'), 'PASSWORD=x')
    await writeFile(at('other'), '')
    await symlink(at('.env'), at('link'))
    expect(await tracking('.env')).toBe('untracked')
    await git('add', '.env')
    expect(await tracking('.env')).toBe('tracked')
    expect(await tracking('link')).toBe('tracked')
    expect(await tracking('other')).toBe('untracked')
  })

  test('knows nothing of a file outside every repository', async () => {
    await writeFile(at('.env'), '')
    expect(await tracking('.env')).toBe('outside')
  })

  test('runs nothing that a repository asks for', async () => {
    await git('init', '--quiet')
    await writeFile(at('hook'), `#!/bin/sh\ntouch ${at('ran')}\n`, { mode: 0o755 })
    await git('config', 'core.fsmonitor', at('hook'))
    await writeFile(at('.env'), '')
    expect(await tracking('.env')).toBe('untracked')
    expect(await readdir(folder)).not.toContain('ran')
  })

  test('that is not there leaves open what a repository keeps, and only that', async () => {
    await writeFile(at('.env'), '')
    const without = () => gitTracking(at('.env'), { PATH: '/nowhere' })
    expect(await without()).toEqual({ state: 'outside' })
    await git('init', '--quiet')
    expect(await without()).toMatchObject({ state: 'unknown' })
  })
})

describe('a process', () => {
  const now = () => new Date().toISOString()

  test('that runs is not gone; one that has ended is', async () => {
    expect(await thisMachine.gone(process.pid, now())).toBe(false)
    const ended = execa('true')
    await ended
    expect(await thisMachine.gone(ended.pid ?? 0, now())).toBe(true)
  })

  test('of before the machine was started is gone, whoever has its number now', async () => {
    expect(await thisMachine.gone(process.pid, '2001-01-01T00:00:00.000Z')).toBe(true)
  })
})
