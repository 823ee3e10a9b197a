import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ops } from '../../support/cli.js'
import { emptyPlace } from './place.js'

let place: Awaited<ReturnType<typeof emptyPlace>>
let several: Awaited<ReturnType<typeof emptyPlace>>

beforeAll(async () => {
  place = await emptyPlace()
  several = await emptyPlace(['medical', 'billing'])
})

afterAll(async () => {
  await place.remove()
  await several.remove()
})

/** Runs it plainly and with --json; both must leave with the same exit code. */
async function both(argv: readonly string[], where = place) {
  const plain = await ops(where, argv)
  const json = await ops(where, [...argv, '--json'])
  expect(json.exitCode).toBe(plain.exitCode)
  expect(json.stderr).toBe('')
  expect(json.stdout.trim().split('\n')).toHaveLength(1)
  return { plain, object: JSON.parse(json.stdout) as Record<string, unknown> }
}

describe('a wrong word', () => {
  test.each([
    [['bakup'], 'COMMAND_UNKNOWN', 'did you mean "ops backup"?'],
    [['backup', 'lst'], 'COMMAND_UNKNOWN', 'did you mean "ops backup list"?'],
    [['stack', 'foo'], 'COMMAND_UNKNOWN', '"stack foo" is not a command of ops'],
    [['backup', '--traget', 'x'], 'USAGE', 'did you mean --target?'],
    [['backup', '--engine', 'x'], 'USAGE', 'to be one of: auto, sidecar, exec, host'],
    [['backup', '--timeout', 'soon'], 'USAGE', '--timeout: "soon" is not a duration'],
    [['backup', '--all', '--target', 'medical'], 'USAGE', '--target'],
    [['restore', 'one', 'two'], 'USAGE', '"two" is one argument too many'],
    [['config', 'path', 'x'], 'COMMAND_UNKNOWN', '"config path x" is not a command of ops'],
  ])('%j is a usage error with its remedy, the same with --json', async (argv, code, says) => {
    const { plain, object } = await both(argv)
    expect(plain.exitCode).toBe(2)
    expect(plain.stdout).toBe('')
    expect(plain.stderr).toContain(says)
    expect(plain.stderr).toContain('Next')
    expect(object).toMatchObject({ ok: false, error: { code, kind: 'usage', exitCode: 2 } })
  })

  test('under --json leaks neither arguments nor paths nor the configuration', async () => {
    const { stdout } = await ops(place, ['backup', '--paswort=hunter2', '--json'])
    expect(stdout).not.toContain('hunter2')
    expect(stdout).not.toContain(place.folder)
    expect(stdout.length).toBeLessThan(400)
  })
})

describe('without a configuration', () => {
  test('every command says where it looked and how to get one', async () => {
    const { plain, object } = await both([
      'backup',
      'list',
      '--config',
      join(place.folder, 'no.yaml'),
    ])
    expect(plain.exitCode).toBe(2)
    expect(plain.stderr).toContain('ops init')
    expect(object).toMatchObject({ command: 'backup list', error: { code: 'CONFIG_NOT_FOUND' } })
  })

  test('a broken one is named with line and column', async () => {
    const file = join(place.folder, 'broken.yaml')
    await writeFile(file, 'version: 1\nname: x\nbakup: {}\n', { mode: 0o600 })
    const { plain, object } = await both(['config', 'check', '--config', file])
    expect(plain.exitCode).toBe(2)
    expect(plain.stderr).toContain('broken.yaml:3:1')
    expect(object).toMatchObject({ error: { code: 'CONFIG_INVALID' } })
  })
})

describe('what is not there', () => {
  test('a target gets the one that was meant', async () => {
    const { plain, object } = await both(['backup', '--target', 'medcal'])
    expect(plain.exitCode).toBe(10)
    expect(object).toMatchObject({
      error: {
        code: 'TARGET_UNKNOWN',
        next: [expect.stringContaining('ops backup --json --target medical')],
      },
    })
  })

  test('one of several targets must be named', async () => {
    const { plain } = await both(['backup'], several)
    expect(plain.exitCode).toBe(2)
    expect(plain.stderr).toContain('ops backup --target billing')
  })

  test('a backup is said not to be, and an id that is none is refused', async () => {
    expect((await both(['restore', 'medical-20261121T130204Z', '--dry-run'])).plain.exitCode).toBe(
      10,
    )
    expect((await both(['backup', 'show', 'no-id!'])).object).toMatchObject({
      error: { code: 'BACKUP_ID_INVALID', exitCode: 2 },
    })
  })

  test('a receipt is said not to be', async () => {
    expect((await both(['undo', 'restore-x'])).plain.exitCode).toBe(10)
  })
})

describe('a result', () => {
  test('is one JSON object with its command and its warnings', async () => {
    const { object } = await both(['backup', 'list'])
    expect(object).toEqual({
      ok: true,
      command: 'backup list',
      result: { backups: [], unreadable: [] },
      warnings: [],
    })
  })

  test('is asked for by the environment as well', async () => {
    const { stdout } = await ops(place, ['config', 'path'], { env: { OPS_JSON: '1' } })
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      result: { file: join(place.folder, 'ops.yaml'), because: 'working folder' },
    })
  })

  test('says nothing at all under --quiet', async () => {
    const quiet = await ops(place, ['config', 'check', '--quiet'])
    expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('is separated by tabs, without colour, in a pipe', async () => {
    const { stdout } = await ops(place, ['backup', 'list'])
    expect(stdout.split('\n')[0]).toBe(
      'ID\tTARGET\tTAKEN\tTRUST\tDOCUMENTS\tSIZE\tTOOK\tPURPOSE\tCONTENT\tCOPIES\tKEPT BY',
    )
    expect(stdout).not.toMatch(/\u001b/)
  })

  test('goes quietly into a pipe that closes early', async () => {
    const { exitCode, stderr } = await execa({
      cwd: place.folder,
      reject: false,
      env: { OPS_STATE: place.state },
    })`bash -o pipefail -c ${'node "$0" help environment | head -1'} ${join(import.meta.dirname, '../../../bin/run.js')}`
    expect([exitCode, stderr]).toEqual([0, ''])
  })
})

describe('a failure', () => {
  test('shows no stack, unless it is asked for', async () => {
    const plain = await ops(place, ['undo', 'restore-x'])
    expect(plain.stderr).not.toMatch(/^\s+at /m)
    expect((await ops(place, ['undo', 'restore-x', '--verbose'])).stderr).toMatch(/^\s+at /m)
    const debug = await ops(place, ['undo', 'restore-x'], { env: { OPS_DEBUG: '1' } })
    expect(debug.stderr).toMatch(/^\s+at /m)
  })

  test('is coloured only where it is asked for', async () => {
    const plain = await ops(place, ['undo', 'restore-x'])
    expect(plain.stderr.startsWith('✗')).toBe(true)
    const forced = await ops(place, ['undo', 'restore-x'], { env: { FORCE_COLOR: '1' } })
    expect(forced.stderr.startsWith('\u001b[31m✗')).toBe(true)
    const off = await ops(place, ['undo', 'restore-x', '--no-color'], { env: { FORCE_COLOR: '1' } })
    expect(off.stderr.startsWith('✗')).toBe(true)
  })
})
