import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
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
const bomb = [
  'a0: &a0 [x, x]',
  ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
].join('\n')

interface WrongFile {
  readonly what: string
  readonly text: string | Uint8Array
  /** Line and column, where they say something. */
  readonly at?: string
  /** What was probably meant. */
  readonly meant?: string
}

const files: readonly WrongFile[] = [
  { what: 'a tab as indentation', text: `${head}targets:\n\tmedical: {}\n`, at: '4:1' },
  {
    what: 'an unknown key',
    text: `${head}${target}bakup: {shelf: ./x}\n`,
    at: '6:1',
    meant: 'backup',
  },
  {
    what: 'an unknown key further down',
    text: `${head}${target}    databasse: [a]\n`,
    at: '6:5',
    meant: 'databases',
  },
  { what: 'text where a number belongs', text: `version: one\nname: x\n${target}`, at: '1:10' },
  { what: 'a list where text belongs', text: `version: 1\nname: [a]\n${target}`, at: '2:7' },
  {
    what: 'text where a list belongs',
    text: `${head}${target}    databases: medical\n`,
    at: '6:16',
  },
  { what: 'a key that is there twice', text: `${head}name: other\n${target}`, at: '3:1' },
  { what: 'a version of the future', text: `version: 2\nname: x\n${target}`, at: '1:10' },
  { what: 'no version', text: `name: x\n${target}`, at: '1:1' },
  { what: 'a bracket that is never closed', text: `${head}targets: {medical: {\n`, at: '4:1' },
  { what: 'an alias of nothing', text: `${head}targets: *nothing\n`, at: '3:10' },
  { what: 'aliases that multiply', text: `${head}${bomb}\n${target}` },
  { what: 'an empty file', text: '', at: '1:1' },
  { what: 'nothing but a comment', text: '# nothing\n' },
  { what: 'a list at the top', text: '- version: 1\n', at: '1:1' },
  { what: 'a file that is no text', text: Buffer.from([0xff, 0xfe, 0, 1, 2]), at: '1:1' },
  {
    what: 'a file of a megabyte and more',
    text: `${head}${'# x\n'.repeat(300_000)}${target}`,
    at: '1:1',
  },
  { what: 'two documents', text: `${head}${target}---\n${head}` },
  { what: 'no target', text: head },
  {
    what: 'a target in no place',
    text: `${head}targets:\n  medical: {databases: [a]}\n`,
    at: '4:12',
  },
  {
    what: 'a name that would be a path',
    text: `${head}targets:\n  ../up: {container: x}\n`,
    at: '4:3',
  },
  {
    what: 'a database that would be a flag',
    text: `${head}${target}    databases: [--drop]\n`,
    at: '6:17',
  },
  {
    what: 'retention that keeps nothing',
    text: `${head}${target}backup: {retention: {minGood: 0}}\n`,
  },
  { what: 'retention below zero', text: `${head}${target}backup: {retention: {daily: -1}}\n` },
  { what: 'a part that is not supported', text: `${head}${target}runbooks: {}\n`, at: '6:1' },
]

describe('a configuration that is wrong', () => {
  test.each(files)('$what: exit 2, with file, line and column', async ({ text, at, meant }) => {
    await put(text)
    const expected = { exitCode: 2, code: 'CONFIG_INVALID' }
    const { error, plain } = await failsBothWays(place, ['config', 'check'], expected)
    const where = at === undefined ? /ops\.yaml:\d+:\d+/ : new RegExp(`ops\\.yaml:${at}\\b`)
    expect(error.message).toMatch(where)
    expect(error.message).toContain(meant ?? '')
    expect(plain.stderr.replaceAll(/\n\s*/g, ' ')).toMatch(where)
  })

  test('that names a secret file which others may read is refused by the check as by the backup', async () => {
    await put(
      `${head}targets: {medical: {container: none, credentials: {username: {file: user}, password: {file: word}}}}\n`,
    )
    await writeFile(join(place.folder, 'user'), 'ops\n', { mode: 0o600 })
    const file = join(place.folder, 'word')
    await writeFile(file, 'secret\n')
    await chmod(file, 0o644)
    const expected = { exitCode: 6, code: 'SECRET_EXPOSED' }
    const { error } = await failsBothWays(place, ['config', 'check'], expected)
    expect(error.message).toContain(file)
    await chmod(file, 0o600)
    expect((await ops(place, ['config', 'check'])).exitCode).toBe(0)
    // It may be meant for another machine.
    await rm(file)
    expect((await ops(place, ['config', 'check'])).exitCode).toBe(0)
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
    await chown(join(place.folder, 'ops.yaml'), 65_534, 65_534)
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
