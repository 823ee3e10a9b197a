import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConfigFile, replaceConfigFile } from '../../../src/adapters/state/initFiles.js'
import { findConfigFile } from '../../../src/config/find.js'
import { judgeAccess } from '../../../src/config/permissions.js'
import { readConfig } from '../../../src/config/read.js'
import { memberFileName } from '../../../src/domain/replicaSet/memberFile.js'
import type { Surroundings } from '../../../src/config/surroundings.js'

const text = 'version: 1\nname: x\ntargets: {medical: {container: mongo}}\n'
const withPassword =
  'version: 1\nname: x\ntargets: {a: {container: c, credentials: {username: u, password: hunter2}}}\n'

let folder = ''
let around: Surroundings

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-config-'))
  around = { env: {}, cwd: folder, home: folder, uid: 0 }
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}

describe('looking for the configuration', () => {
  const nowhere = '/nonexistent/ops.yaml'

  it('takes the flag before the environment, and that before what lies around', async () => {
    const flag = await put('flag.yaml', text)
    const named = await put('named.yaml', text)
    const near = await put('ops.yaml', text)
    const env = { OPS_CONFIG: 'named.yaml' }
    expect(await findConfigFile('flag.yaml', { ...around, env })).toEqual({
      path: flag,
      because: '--config',
    })
    expect(await findConfigFile(undefined, { ...around, env })).toEqual({
      path: named,
      because: 'OPS_CONFIG',
    })
    expect(await findConfigFile(undefined, around)).toEqual({
      path: near,
      because: 'working folder',
    })
  })

  it('goes up from the working folder, then asks the machine', async () => {
    const cwd = join(folder, 'a/b')
    await mkdir(cwd, { recursive: true })
    const machine = await put('machine.yaml', text)
    expect(await findConfigFile(undefined, { ...around, cwd }, machine)).toEqual({
      path: machine,
      because: 'machine',
    })
    // A folder of that name is not a configuration.
    await mkdir(join(folder, 'a/ops.yaml'))
    const above = await put('ops.yaml', text)
    expect(await findConfigFile(undefined, { ...around, cwd }, machine)).toEqual({
      path: above,
      because: 'working folder',
    })
  })

  it('says where it looked when there is none', async () => {
    await expect(findConfigFile(undefined, around, nowhere)).rejects.toMatchObject({
      kind: 'usage',
      code: 'CONFIG_NOT_FOUND',
      message: `no ops.yaml in ${folder} or any folder above it, and no ${nowhere}`,
      next: ['ops init', 'ops … --config FILE'],
    })
  })

  it('does not use what somebody else left in a folder like /tmp, unless it is asked for', async () => {
    const stranger = 4242
    const path = await put('ops.yaml', text)
    await chmod(folder, 0o1777)
    // Only root can give files away; anyone else can at least be somebody else.
    const asRoot = process.getuid?.() === 0
    if (asRoot) await chown(path, stranger, stranger)
    const uid = asRoot ? 0 : stranger
    await expect(findConfigFile(undefined, { ...around, uid })).rejects.toMatchObject({
      kind: 'refused',
      code: 'CONFIG_UNTRUSTED',
    })
    expect(await findConfigFile(path, { ...around, uid })).toMatchObject({ because: '--config' })
    await chmod(folder, 0o755)
    expect(await findConfigFile(undefined, { ...around, uid })).toMatchObject({ path })
  })

  it('never replaces a file that was asked for by another one', async () => {
    await put('ops.yaml', text)
    await expect(findConfigFile('typo.yaml', around)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: `there is no configuration file ${folder}/typo.yaml (named by --config)`,
    })
    const env = { OPS_CONFIG: '/typo.yaml' }
    await expect(findConfigFile(undefined, { ...around, env })).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: 'there is no configuration file /typo.yaml (named by OPS_CONFIG)',
    })
  })
})

describe('reading the configuration', () => {
  it('gives the configuration and no warnings for a file only its owner can change', async () => {
    const reading = await readConfig(await put('ops.yaml', text, 0o644), around)
    expect(reading.warnings).toEqual([])
    expect(reading.config.file).toBe(join(folder, 'ops.yaml'))
  })

  it('takes along the compose file by which a server is a replica set, once, wherever it lies', async () => {
    const composed = async (files: string) => {
      const stack = `${text}stack: {compose: [${files}]}\n`
      const { config } = await readConfig(await put('ops.yaml', stack), around)
      return config.stack?.composeFiles
    }
    const [main, own] = ['compose.yml', memberFileName].map((name) => join(folder, name))
    expect(await composed('compose.yml')).toEqual([main])
    await put(memberFileName, 'services: {}\n')
    expect(await composed('compose.yml')).toEqual([main, own])
    expect(await composed(`compose.yml, ${memberFileName}`)).toEqual([main, own])
  })

  it('does not load a .env file that lies beside it', async () => {
    await put('.env', 'NAME=healthcare\n')
    const path = await put('ops.yaml', text.replace('name: x', 'name: ${NAME}'))
    await expect(readConfig(path, around)).rejects.toMatchObject({
      code: 'CONFIG_VARIABLE_MISSING',
    })
  })

  it('warns when others can change it', async () => {
    const path = await put('ops.yaml', text, 0o646)
    expect((await readConfig(path, around)).warnings).toEqual([
      `${path} can be changed by everyone on this machine, and what it says is run as you: chmod go-w ${path}`,
    ])
  })

  it('warns of a group that can change it, but not of a group that is one user', async () => {
    const reading = await readConfig(await put('ops.yaml', text), around)
    expect(judgeAccess('/f', { mode: 0o664, uid: 1000, gid: 100 }, reading)).toEqual([
      '/f can be changed by its whole group, and what it says is run as you: chmod go-w /f',
    ])
    expect(judgeAccess('/f', { mode: 0o664, uid: 1000, gid: 1000 }, reading)).toEqual([])
  })

  it('refuses a password in plain text that everyone can read, and says how to mend it', async () => {
    const path = await put('ops.yaml', withPassword, 0o644)
    await expect(readConfig(path, around)).rejects.toMatchObject({
      kind: 'refused',
      code: 'CONFIG_EXPOSED',
      next: [`chmod 600 ${path}`],
      message: expect.not.stringContaining('hunter2') as string,
    })
    await chmod(path, 0o600)
    expect((await readConfig(path, around)).warnings).toHaveLength(1)
  })

  it('does not judge modes where there are no user ids', async () => {
    const { env, cwd, home } = around
    const path = await put('ops.yaml', text, 0o666)
    expect((await readConfig(path, { env, cwd, home })).warnings).toEqual([])
  })

  it('refuses what is too large before reading it', async () => {
    const path = await put('ops.yaml', `${text}#${'x'.repeat(1024 * 1024)}`)
    await expect(readConfig(path, around)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${path}:1:1: the file is larger than 1 MiB`,
    })
  })

  it('refuses what is not UTF-8', async () => {
    const path = await put('ops.yaml', Uint8Array.of(0xff, 0xfe, 0x41))
    await expect(readConfig(path, around)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${path}:1:1: the file is not UTF-8 text`,
    })
  })

  it('says what it cannot read, and why', async () => {
    await expect(readConfig(folder, around)).rejects.toMatchObject({
      kind: 'usage',
      code: 'CONFIG_UNREADABLE',
      message: `cannot read the configuration file ${folder}: it is not a file`,
    })
    await expect(readConfig('/dev/zero', around)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
    })
    await expect(readConfig(join(folder, 'no.yaml'), around)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
    })
  })
})

describe('writing a configuration', () => {
  const at = new Date('2026-11-21T13:02:04.500Z')

  it('makes a new file, and leaves an existing one alone', async () => {
    const path = join(folder, 'ops.yaml')
    expect(await createConfigFile(path, 'one\n')).toBe(true)
    expect(await createConfigFile(path, 'two\n')).toBe(false)
    expect(await readFile(path, 'utf8')).toBe('one\n')
    expect((await stat(path)).mode & 0o022).toBe(0)
  })

  it('replaces a file and keeps the old one beside it', async () => {
    const path = await put('ops.yaml', 'mine\n', 0o600)
    const kept = await replaceConfigFile(path, 'new\n', at)
    expect(kept).toBe(`${path}.before-20261121T130204Z`)
    expect(await readFile(kept, 'utf8')).toBe('mine\n')
    expect(await readFile(path, 'utf8')).toBe('new\n')
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('says that it cannot write, and leaves the old one as it was', async () => {
    await expect(createConfigFile(join(folder, 'no/ops.yaml'), 'x')).rejects.toMatchObject({
      kind: 'environment',
      code: 'CONFIG_UNWRITABLE',
    })
    const path = await put('ops.yaml', 'mine\n')
    await put('ops.yaml.before-20261121T130204Z', 'older\n')
    await expect(replaceConfigFile(path, 'new\n', at)).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE',
      message: `cannot write ${path} (EEXIST)`,
    })
    expect(await readFile(path, 'utf8')).toBe('mine\n')
  })
})
