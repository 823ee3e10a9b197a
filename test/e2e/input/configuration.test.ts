import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ops, startOps } from '../../support/cli.js'
import { failsBothWays } from '../../support/failing.js'

let place: { readonly folder: string; readonly state: string }

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ops-config-'))
  const state = join(folder, 'state')
  await mkdir(state)
  place = { folder, state }
})
afterEach(() => rm(place.folder, { recursive: true, force: true }))

const put = (text: string | Uint8Array, name = 'ops.yaml') =>
  writeFile(join(place.folder, name), text, { mode: 0o600 })

const head = 'version: 1\nname: hospital\n'
const target = 'targets:\n  medical:\n    container: ops-test-nowhere\n'
const canary = 'canary-of-the-configuration'
const password = (value: string) =>
  `${head}${target}    credentials: {username: root, password: "${value}"}\n`

/** Levels of lists that double: a few lines that would become a billion values. */
const bomb = Array.from({ length: 30 }, (_, at) =>
  at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`,
).join('\n')

const files: readonly (readonly [string, string | Uint8Array, string, string?])[] = [
  ['a tab as indentation', `${head}targets:\n\tmedical: {}\n`, '4:1'],
  ['an unknown key', `${head}${target}bakup: {shelf: ./x}\n`, '6:1', 'backup'],
  ['an unknown key further down', `${head}${target}    databasse: [a]\n`, '6:5', 'databases'],
  ['text where a number belongs', `version: one\nname: x\n${target}`, '1:10'],
  ['a list where text belongs', `version: 1\nname: [a]\n${target}`, '2:7'],
  ['text where a list belongs', `${head}${target}    databases: medical\n`, '6:16'],
  ['a key that is there twice', `${head}name: other\n${target}`, '3:1'],
  ['a version of the future', `version: 2\nname: x\n${target}`, '1:10'],
  ['no version', `name: x\n${target}`, '1:1'],
  ['a bracket that is never closed', `${head}targets: {medical: {\n`, '4:1'],
  ['an alias of nothing', `${head}targets: *nothing\n`, '3:10'],
  ['aliases that multiply', `${head}${bomb}\n${target}`, ''],
  ['an empty file', '', '1:1'],
  ['nothing but a comment', '# nothing\n', ''],
  ['a list at the top', '- version: 1\n', '1:1'],
  ['a file that is no text', Buffer.from([0xff, 0xfe, 0, 1, 2]), '1:1'],
  ['a file of a megabyte and more', `${head}${'# x\n'.repeat(300_000)}${target}`, '1:1'],
  ['two documents', `${head}${target}---\n${head}`, ''],
  ['no target', head, ''],
  ['a target in no place', `${head}targets:\n  medical: {databases: [a]}\n`, '4:12'],
  ['a name that would be a path', `${head}targets:\n  ../up: {container: x}\n`, '4:3'],
  ['a database that would be a flag', `${head}${target}    databases: [--drop]\n`, '6:17'],
  ['retention that keeps nothing', `${head}${target}backup: {retention: {minGood: 0}}\n`, ''],
  ['retention below zero', `${head}${target}backup: {retention: {daily: -1}}\n`, ''],
  ['a part that is not supported', `${head}${target}notify: {}\n`, '6:1'],
]

describe('a configuration that is wrong', () => {
  test.each(files)('%s: exit 2, with file, line and column', async (_, text, at, meant = '') => {
    await put(text)
    const expected = { exitCode: 2, code: 'CONFIG_INVALID' }
    const { error, plain } = await failsBothWays(place, ['config', 'check'], expected)
    const where = at === '' ? /ops\.yaml:\d+:\d+/ : new RegExp(`ops\\.yaml:${at}\\b`)
    expect(error.message).toMatch(where)
    expect(error.message).toContain(meant)
    expect(plain.stderr.replaceAll(/\n\s*/g, ' ')).toMatch(where)
  })

  test('is refused by every command that reads it, before anything else happens', async () => {
    await put(`${head}${target}bakup: {}\n`)
    for (const argv of [
      ['backup'],
      ['backup', 'list'],
      ['restore', '--confirm', 'medical'],
      ['undo', '--confirm', 'medical'],
      ['config', 'show'],
      ['stack', 'ps'],
    ])
      await failsBothWays(place, argv, { exitCode: 2, code: 'CONFIG_INVALID' })
  })

  test('never has a value repeated that could be a secret', async () => {
    for (const text of [
      `${password(canary)}    databasse: [x]\n`,
      `${head}${target}    credentials: {username: root, password: [${canary}]}\n`,
      `${head}${target}    uri: mongodb://root:${canary}@x/\n`,
      `${head}${target}    pasword: ${canary}\n`,
    ]) {
      await put(text)
      const { plain, error } = await failsBothWays(place, ['config', 'check'], {
        exitCode: 2,
        code: 'CONFIG_INVALID',
      })
      expect(`${plain.stderr}${JSON.stringify(error)}`).not.toContain(canary)
    }
  })

  test('a variable that is not set: exit 2, named, with its line', async () => {
    await put(password('${NO_SUCH_PASSWORD}'))
    const expected = { exitCode: 2, code: 'CONFIG_VARIABLE_MISSING' }
    const { error } = await failsBothWays(place, ['config', 'check'], expected)
    expect(error.message).toContain('NO_SUCH_PASSWORD')
    expect(error.message).toMatch(/ops\.yaml:6:\d+/)
    const { exitCode } = await ops(place, ['config', 'check'], { env: { NO_SUCH_PASSWORD: 'x' } })
    expect(exitCode).toBe(0)
  })
})

describe('a configuration that is not there', () => {
  test.each([
    ['nowhere upwards', ['config', 'check']],
    ['not where --config says', ['config', 'check', '--config', 'other.yaml']],
    ['below a folder that is a file', ['backup', 'list', '--config', 'state/../file/x.yaml']],
    ['for a restore', ['restore', '--confirm', 'medical']],
  ])('%s: exit 2, and it says how to get one', async (_, argv) => {
    await put('x', 'file')
    const expected = { exitCode: 2, code: 'CONFIG_NOT_FOUND' }
    const { error } = await failsBothWays(place, argv, expected)
    expect(error.next).toContain('ops init')
  })

  test('nor where OPS_CONFIG says: another one is never taken instead', async () => {
    await put(`${head}${target}`)
    const env = { OPS_CONFIG: 'missing.yaml' }
    const expected = { exitCode: 2, code: 'CONFIG_NOT_FOUND' }
    await failsBothWays(place, ['config', 'check'], expected, { env })
  })

  test('a folder of its name is none', async () => {
    await mkdir(join(place.folder, 'ops.yaml'))
    await failsBothWays(place, ['config', 'check', '--config', 'ops.yaml'], {
      exitCode: 2,
      code: 'CONFIG_UNREADABLE',
    })
  })

  test('a link that leads nowhere is none', async () => {
    await symlink('nowhere', join(place.folder, 'ops.yaml'))
    const expected = { exitCode: 2, code: 'CONFIG_NOT_FOUND' }
    await failsBothWays(place, ['config', 'check'], expected)
  })
})

describe('a configuration that others can reach', () => {
  test('with a password in it that everyone may read: exit 6', async () => {
    await put(password(canary))
    await chmod(join(place.folder, 'ops.yaml'), 0o644)
    const expected = { exitCode: 6, code: 'CONFIG_EXPOSED' }
    const { plain, error } = await failsBothWays(place, ['config', 'check'], expected)
    expect(`${plain.stderr}${JSON.stringify(error)}`).not.toContain(canary)
  })

  test('in a folder of everybody, put there by somebody else: exit 6', async () => {
    await put(`${head}${target}`)
    await chmod(place.folder, 0o777)
    const { execa } = await import('execa')
    await execa('chown', ['nobody', join(place.folder, 'ops.yaml')])
    const expected = { exitCode: 6, code: 'CONFIG_UNTRUSTED' }
    await failsBothWays(place, ['config', 'check'], expected)
  })

  test('a secret file that is open to others is refused: exit 6', async () => {
    await writeFile(join(place.folder, 'password'), `${canary}\n`, { mode: 0o644 })
    await put(
      `${head}targets:\n  medical:\n    uri: mongodb://127.0.0.1:9/\n    credentials: {username: root, password: {file: password}}\n`,
    )
    const expected = { exitCode: 6, code: 'SECRET_EXPOSED' }
    await failsBothWays(place, ['backup'], expected)
  })
})

test('a configuration from a pipe that never ends does not hang ops', async () => {
  const running = startOps(place, ['config', 'check', '--config', '/dev/zero', '--json'])
  const { exitCode } = await running
  expect(exitCode).toBe(2)
})
