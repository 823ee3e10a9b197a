import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeFor, type Place } from '../../support/cli.js'
import { failsBothWays } from '../../support/failing.js'

/** Nothing in this file gets as far as the server: what was typed is wrong. */
const nowhere = { container: 'ops-test-nowhere', username: 'root', password: 'canary-of-the-input' }

let place: Place
let two: Place

beforeAll(async () => {
  place = await placeFor(nowhere)
  two = await placeFor(nowhere)
  const file = join(two.folder, 'ops.yaml')
  const text = await readFile(file, 'utf8')
  const second = `targets:\n  billing: {container: ops-test-nowhere-2}\n`
  await writeFile(file, text.replace('targets:\n', second), { mode: 0o600 })
})
afterAll(async () => {
  await place.remove()
  await two.remove()
})

const usage = (code = 'USAGE') => ({ exitCode: 2, code })

describe('a command line that is wrong', () => {
  test.each([
    ['an unknown command', ['bakcup'], 'COMMAND_UNKNOWN'],
    ['an unknown command below a topic', ['stack', 'strat'], 'COMMAND_UNKNOWN'],
    ['an unknown command with a flag', ['bakcup', '--all'], 'COMMAND_UNKNOWN'],
    ['a command that is one letter', ['x'], 'COMMAND_UNKNOWN'],
    ['a command with strange letters', ['$(reboot)'], 'COMMAND_UNKNOWN'],
    ['an unknown flag', ['backup', '--zzz'], 'USAGE'],
    ['an unknown short flag', ['backup', '-Z'], 'USAGE'],
    ['a misspelt flag', ['restore', '--confrim', 'medical'], 'USAGE'],
    ['a flag of another command', ['backup', '--confirm', 'medical'], 'USAGE'],
    ['no value for a flag', ['backup', '--target'], 'USAGE'],
    ['no value for --config', ['config', 'check', '--config'], 'USAGE'],
    ['a value for a flag that has none', ['backup', '--all=yes'], 'USAGE'],
    ['an engine there is not', ['backup', '--engine', 'quantum'], 'USAGE'],
    ['a timeout without a unit', ['backup', '--timeout', '30'], 'USAGE'],
    ['a timeout in words', ['backup', '--timeout', 'soon'], 'USAGE'],
    ['a timeout of nothing', ['backup', '--timeout', '0s'], 'USAGE'],
    ['a timeout below zero', ['backup', '--timeout=-5s'], 'USAGE'],
    ['a timeout longer than a timer can wait', ['backup', '--timeout', '9999d'], 'USAGE'],
    ['a wait that is none', ['stack', 'up', '--wait', 'long'], 'USAGE'],
    ['a number that is none', ['stack', 'logs', '--tail', 'many'], 'USAGE'],
    ['a number that is too small', ['stack', 'logs', '--tail', '0'], 'USAGE'],
    ['two flags that exclude each other', ['backup', '--all', '--target', 'medical'], 'USAGE'],
    ['one argument too many', ['restore', 'latest', 'again'], 'USAGE'],
    ['an argument where none is taken', ['doctor', 'everything'], undefined],
    ['an argument after --', ['undo', '--', 'one', '--two'], 'USAGE'],
  ] as const)('%s (%j): exit 2', async (_, argv, code) => {
    const { error } = await failsBothWays(place, argv, usage(code ?? 'COMMAND_UNKNOWN'))
    expect(error.kind).toBe('usage')
  })

  test.each([
    [['bakcup'], 'ops backup'],
    [['backup', 'lits'], 'ops backup list'],
    [['stack', 'strat'], 'ops stack'],
    [['restore', '--confrim', 'medical'], '--confirm'],
    [['backup', '--traget=medical'], '--target'],
  ])('%j: what was probably meant is named', async (argv, meant) => {
    const { error, plain } = await failsBothWays(place, argv, {
      exitCode: 2,
      code: argv.some((word) => word.startsWith('-')) ? 'USAGE' : 'COMMAND_UNKNOWN',
    })
    expect(`${error.message} ${error.next.join(' ')}`).toContain(meant)
    expect(plain.stderr).toContain(meant)
  })

  test('leaves nothing behind: no shelf, no state', async () => {
    expect((await readdir(place.folder)).sort()).toEqual(['ops.yaml', 'password', 'state'])
    // Those that were understood, and asked for what there is not, are in the log.
    expect((await readdir(place.state)).filter((name) => name !== 'ops.log')).toEqual([])
  })
})

describe('a name that is wrong', () => {
  test.each([
    ['a target there is not', ['backup', '--target', 'medcial'], 10, 'TARGET_UNKNOWN'],
    ['a target of no length', ['backup', '--target', ''], 10, 'TARGET_UNKNOWN'],
    ['a target of another language', ['backup', '--target', '医療'], 10, 'TARGET_UNKNOWN'],
    ['a target named like a method', ['backup', '--target', 'constructor'], 10, 'TARGET_UNKNOWN'],
    ['a target named __proto__', ['backup', '--target', '__proto__'], 10, 'TARGET_UNKNOWN'],
    ['an id of nothing', ['backup', 'show', 'medical-20200101T000000Z'], 10, 'BACKUP_NOT_FOUND'],
    ['an id that climbs', ['backup', 'show', '../../etc/passwd'], 2, 'BACKUP_ID_INVALID'],
    ['an id that is a path', ['backup', 'show', '/etc/passwd'], 2, 'BACKUP_ID_INVALID'],
    ['an id that is empty', ['backup', 'show', ''], 2, 'BACKUP_ID_INVALID'],
    ['an id with a line break', ['backup', 'show', 'a\nb'], 2, 'BACKUP_ID_INVALID'],
    ['no backup at all', ['backup', 'show'], 10, 'NO_BACKUP'],
    ['to verify an id of nothing', ['backup', 'verify', 'medical-20200101T000000Z'], 10, undefined],
    ['to verify a file of nothing', ['backup', 'verify', '../../x.gz'], 10, undefined],
    ['to undo nothing', ['undo'], 10, 'NOTHING_TO_UNDO'],
    ['a receipt that climbs', ['undo', '../../../etc/passwd'], 10, 'RECEIPT_NOT_FOUND'],
    ['a receipt of nothing', ['undo', 'restore-20200101T000000Z-0'], 10, 'RECEIPT_NOT_FOUND'],
    ['a stack there is not', ['stack', 'ps'], 2, 'STACK_MISSING'],
    ['a pipeline there is not', ['pipeline', 'run'], 2, 'STACK_MISSING'],
  ] as const)('%s (%j): exit %d', async (_, argv, exitCode, code = 'BACKUP_NOT_FOUND') => {
    await failsBothWays(place, argv, { exitCode, code })
  })

  test('one of two targets must be named, by every command that works on one', async () => {
    for (const argv of [['backup'], ['restore'], ['restore', '-'], ['backup', 'show', 'latest']]) {
      const { error } = await failsBothWays(two, argv, usage('TARGET_REQUIRED'))
      expect(error.next.join(' ')).toMatch(/--target billing.*--target medical/)
    }
  })
})
