import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineSchedulers } from '../../../src/adapters/schedule/schedulers.js'
import { cronTimes } from '../../../src/domain/cronExpression.js'
import { cronLine, onCalendar } from '../../../src/domain/cronText.js'
import type { Schedulers } from '../../../src/ports/schedulers.js'
import { cronBlock, withBlock } from '../../../src/procedures/schedule/cronTable.js'
import { nextTimes } from '../../../src/procedures/schedule/times.js'
import { fakeSchedulers } from '../../fakes/schedulers.js'
import { expressions } from '../../unit/schedule/expressions.js'
import { everything, installation, stack } from '../../unit/schedule/scene.js'

/** A user whose crontab nobody needs: a test must not touch that of whoever runs it. */
const spare = 'games'
const systemPath = process.env['PATH'] ?? ''
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-schedulers-'))
  await program('crontab', `exec ${await real('crontab')} -u ${spare} "$@"`)
})
afterEach(async () => {
  await execa('crontab', ['-u', spare, '-r'], { reject: false })
  await rm(folder, { recursive: true, force: true })
})

async function real(name: string): Promise<string> {
  return (await execa('which', [name])).stdout.trim()
}

/** A program in the folder that the adapter looks in first. */
async function program(name: string, body: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`)
  await chmod(join(folder, name), 0o755)
}

const adapter = (changes: Readonly<Record<string, string>> = {}) =>
  machineSchedulers({ PATH: `${folder}:${systemPath}`, HOME: folder, ...changes }, folder)

describe.each<[string, () => Schedulers]>([
  ['in memory', () => fakeSchedulers().schedulers],
  ['of this machine', () => adapter()],
])('schedulers %s', (_name, make) => {
  test('keep files: written with the folders above them, replaced, removed', async () => {
    const schedulers = make()
    const path = join(folder, 'etc/cron.d/ops-hospital')
    const place = { kind: 'file', path } as const
    expect(await schedulers.read(place)).toBeUndefined()
    await schedulers.write(place, 'one\n')
    await schedulers.write(place, 'two\n')
    expect(await schedulers.read(place)).toEqual({
      text: 'two\n',
      changedAt: expect.stringMatching(/^20.*Z$/) as string,
    })
    await schedulers.remove(path)
    await schedulers.remove(path)
    expect(await schedulers.read(place)).toBeUndefined()
  })

  test('keep a crontab', async () => {
    const schedulers = make()
    const place = { kind: 'crontab' } as const
    expect(await schedulers.read(place)).toBeUndefined()
    await schedulers.write(place, '# mine\n0 1 * * * true\n')
    expect(await schedulers.read(place)).toEqual({ text: '# mine\n0 1 * * * true\n' })
  })
})

describe('crontab itself', () => {
  test('takes our block among the lines of somebody else, and hands it back unchanged', async () => {
    const schedulers = adapter()
    const odd = { ...stack, file: `/srv/50% "of" $HOME's/ops.yaml` }
    const user = installation({ scope: 'user', jobs: everything, stack: odd })
    const table = withBlock('MAILTO=ada\n0 1 * * * true\n', odd, cronBlock(user))
    await schedulers.write({ kind: 'crontab' }, table)
    expect(await schedulers.read({ kind: 'crontab' })).toEqual({ text: table })
  })

  test('takes every line that an expression becomes', async () => {
    const lines = fc.sample(expressions(), { numRuns: 200, seed: 7 }).map((expression) => {
      const times = cronTimes(expression)
      return 'wrong' in times ? '' : `${cronLine(times)} true\n`
    })
    await adapter().write({ kind: 'crontab' }, lines.join(''))
    expect(lines).not.toContain('')
  })

  test('says which line it does not take', async () => {
    await expect(adapter().write({ kind: 'crontab' }, '61 * * * * true\n')).rejects.toMatchObject({
      code: 'SCHEDULER_FAILED',
      exitCode: 1,
    })
    await program('crontab', 'echo "must be privileged" >&2; exit 1')
    await expect(adapter().read({ kind: 'crontab' })).rejects.toThrow(
      'crontab -l left with exit code 1: must be privileged',
    )
  })

  test('is not needed where there is none', async () => {
    const bare = machineSchedulers({ PATH: '/nowhere' }, folder)
    expect(await bare.read({ kind: 'crontab' })).toBeUndefined()
    expect(await bare.available()).toEqual([])
    expect(await bare.programFolders()).toEqual([])
  })
})

describe('systemd itself', () => {
  test('runs at the times that croner says', async () => {
    const sample = fc.sample(expressions(), { numRuns: 40, seed: 11 })
    const base = new Date('2026-11-21T13:02:00.000Z')
    for (const expression of sample) {
      const [next] = nextTimes(expression, base, 1, 'UTC')
      const times = cronTimes(expression)
      if ('wrong' in times || next === undefined) continue
      const { stdout } = await execa(
        'systemd-analyze',
        ['calendar', '--base-time=2026-11-21 13:02:00 UTC', ...onCalendar(times)],
        { env: { TZ: 'UTC' } },
      )
      const elapses = [...stdout.matchAll(/Next elapse: \w+ (\S+) (\S+) UTC/g)].map(
        ([, day = '', time = '']) => Date.parse(`${day}T${time}Z`),
      )
      expect([expression, Math.min(...elapses)]).toEqual([expression, next.getTime()])
    }
  })

  test('is told to read its units again before it takes timers into service', async () => {
    await program('systemctl', `echo "$@" >>${folder}/calls`)
    const schedulers = adapter()
    await schedulers.activate(['a.timer', 'b.timer'], 'system')
    await schedulers.deactivate(['a.timer'], 'user')
    expect(await schedulers.active('a.timer', 'system')).toBe(true)
    expect((await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')).toEqual([
      'daemon-reload',
      'enable a.timer b.timer',
      'restart a.timer b.timer',
      '--user disable --now a.timer',
      'is-active --quiet a.timer',
    ])
  })

  test('counts as there only where it runs the machine', async () => {
    await program('systemctl', 'exit 0')
    expect(await adapter().available()).toEqual(['systemd', 'cron'])
    const absent = machineSchedulers({ PATH: folder }, join(folder, 'nowhere'))
    expect(await absent.available()).toEqual(['cron'])
  })

  test('that refuses is quoted; a timer it does not know is no failure when it ends', async () => {
    await program('systemctl', 'echo "Unit file a.timer does not exist." >&2; exit 1')
    const schedulers = adapter()
    await schedulers.deactivate(['a.timer'], 'system')
    expect(await schedulers.active('a.timer', 'system')).toBe(false)
    for (const act of [
      () => schedulers.activate(['a.timer'], 'system'),
      () => schedulers.reload('system'),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'SCHEDULER_FAILED' })
    await program('systemctl', 'echo "no bus" >&2; exit 1')
    await expect(schedulers.deactivate(['a.timer'], 'user')).rejects.toThrow(/no bus/)
  })
})

describe('files of this machine', () => {
  test('may be read by everybody, as cron wants them', async () => {
    const path = join(folder, 'table')
    await adapter().write({ kind: 'file', path }, 'x')
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  test('that cannot be read or changed are named', async () => {
    const schedulers = adapter()
    await writeFile(join(folder, 'file'), '')
    await mkdir(join(folder, 'folder/inner'), { recursive: true })
    await expect(
      schedulers.write({ kind: 'file', path: join(folder, 'file/x') }, ''),
    ).rejects.toMatchObject({ code: 'SCHEDULE_UNWRITABLE', exitCode: 13 })
    await expect(schedulers.remove(join(folder, 'folder'))).rejects.toMatchObject({
      code: 'SCHEDULE_UNWRITABLE',
    })
    await expect(
      schedulers.read({ kind: 'file', path: join(folder, 'folder') }),
    ).rejects.toMatchObject({ code: 'SCHEDULE_UNREADABLE' })
  })

  test('of programs are looked for in absolute folders only', async () => {
    await program('mongodump', 'exit 0')
    const there = machineSchedulers({ PATH: `.:bin:${folder}` }, folder)
    expect(await there.programFolders()).toEqual([folder])
  })
})
