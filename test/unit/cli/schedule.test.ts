import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  installSchedule,
  removeSchedule,
  showSchedule,
  type ScheduleContext,
} from '../../../src/cli/schedule.js'
import { backUp } from '../../../src/cli/backUp.js'
import { patienceOf, wantedTargets, watched } from '../../../src/cli/watched.js'
import { parseConfig } from '../../../src/config/parse.js'
import type { Surroundings } from '../../../src/config/surroundings.js'
import { Failure } from '../../../src/domain/failure.js'
import type { SchedulerName } from '../../../src/ports/schedulers.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeHost } from '../../fakes/host.js'
import { fakeScheduledRuns } from '../../fakes/scheduledRuns.js'
import { fakeSchedulers } from '../../fakes/schedulers.js'
import { fakeWorld } from '../../fakes/world.js'
import { minimal, root } from '../config/reading.js'
import { fakeDoor } from './door.js'

const nightly = "schedule: {backup: {cron: '15 2 * * *'}}"
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-schedule-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A configuration on the disk, and everything else in memory. */
async function scene(
  lines: readonly string[] = [nightly],
  changes: { around?: Partial<Surroundings>; available?: readonly SchedulerName[] } = {},
) {
  const file = join(folder, 'ops.yaml')
  const text = minimal(...lines)
  await writeFile(file, text, { mode: 0o600 })
  const around: Surroundings = { ...root, ...changes.around }
  const fake = fakeSchedulers(changes.available)
  const record = fakeScheduledRuns()
  const { door, written } = fakeDoor()
  const context: ScheduleContext = {
    reading: parseConfig(text, file, around),
    world: {
      clock: fakeClock(),
      host: { ...fakeHost(), user: 'root' },
      runs: record.runs,
      schedulers: fake.schedulers,
    },
    around,
    home: '/opt/ops',
    node: '/usr/bin/node',
    door,
  }
  return { context, fake, record, written, file }
}

describe('ops schedule install', () => {
  test('shows every file before it writes it, and says what was done', async () => {
    const { context, fake, written, file } = await scene()
    const result = await installSchedule({ confirm: 'healthcare' }, context)
    await new Promise(setImmediate)
    expect(result).toMatchObject({
      scheduler: 'systemd',
      activated: ['ops-healthcare-backup.timer'],
      changes: [{ action: 'write' }, { action: 'write' }],
    })
    expect(written.stderr).toContain('OnCalendar=*-*-* 02:15:00')
    expect(written.stderr).toContain(`--config ${file}`)
    expect([...fake.files.values()].join('')).toContain(
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/mongo/bin',
    )
    expect(await installSchedule({}, context)).toMatchObject({ changes: [], activated: [] })
  })

  test('writes nothing for a dry run, nor without a yes', async () => {
    const { context, fake } = await scene()
    expect(await installSchedule({ 'dry-run': true }, context)).toMatchObject({
      dryRun: true,
      changes: [{ text: expect.stringContaining('ExecStart=') as string }, {}],
    })
    await expect(installSchedule({}, context)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      next: ['ops schedule install --confirm healthcare', 'ops schedule install --dry-run'],
    })
    await expect(installSchedule({ confirm: 'other' }, context)).rejects.toMatchObject({
      code: 'CONFIRMATION_WRONG',
    })
    expect(fake.files.size).toBe(0)
  })

  test('takes the scheduler that is asked for, if the machine has it', async () => {
    const { context, fake } = await scene([nightly], { available: ['cron'] })
    await expect(installSchedule({ with: 'systemd' }, context)).rejects.toMatchObject({
      code: 'SCHEDULER_MISSING',
      exitCode: 13,
      message: 'systemd does not run jobs on this machine; cron does',
    })
    await installSchedule({ confirm: 'healthcare' }, context)
    expect([...fake.files.keys()]).toEqual(['/etc/cron.d/ops-healthcare'])
    const none = await scene([nightly], { available: [] })
    await expect(installSchedule({}, none.context)).rejects.toThrow(/neither systemd nor cron/)
    const below = { with: 'systemd', root: '/scratch/', confirm: 'healthcare' } as const
    expect((await installSchedule(below, none.context)).next).toEqual([
      'systemctl daemon-reload',
      'systemctl enable --now ops-healthcare-backup.timer',
    ])
    expect(none.fake.calls).toEqual([])
  })

  test('of a user tells how timers outlive the log-out', async () => {
    const { context, fake } = await scene([nightly], { around: { uid: 1000, home: '/home/ada' } })
    const { next } = await installSchedule({ confirm: 'healthcare' }, context)
    expect(next[0]).toContain('loginctl enable-linger')
    expect([...fake.files.keys()][0]).toMatch('/home/ada/.config/systemd/user/')
    expect(fake.calls).toEqual(['user activate ops-healthcare-backup.timer'])
  })

  test('is refused where there is nothing to schedule', async () => {
    const { context } = await scene([])
    await expect(installSchedule({}, context)).rejects.toMatchObject({ code: 'SCHEDULE_MISSING' })
  })

  test('is refused where the configuration needs a variable that a job does not have', async () => {
    const { context } = await scene([nightly, 'backup: {shelf: "${DISK}/ops"}'], {
      around: { env: { DISK: '/mnt' } },
    })
    await expect(installSchedule({ confirm: 'healthcare' }, context)).rejects.toMatchObject({
      code: 'SCHEDULE_NEEDS_VARIABLE',
      facts: { variables: ['DISK'] },
    })
  })

  test('carries along what the same state, shelf and engine are found by', async () => {
    const env = { OPS_STATE: 'state', DOCKER_HOST: 'unix:///run/user/1/docker.sock', OTHER: 'x' }
    const { context, fake } = await scene([nightly], { around: { env } })
    await installSchedule({ with: 'cron', confirm: 'healthcare' }, context)
    const text = fake.files.get('/etc/cron.d/ops-healthcare')
    expect(text).toContain(
      'OPS_STATE="/somewhere/state"\nDOCKER_HOST="unix:///run/user/1/docker.sock"\n',
    )
    expect(text).not.toContain('OTHER')
    const open = { env: { DOCKER_HOST: 'ssh://ada:hunter2@db01' } }
    const { context: exposed } = await scene([nightly], { around: open })
    await expect(installSchedule({}, exposed)).rejects.toMatchObject({
      code: 'SCHEDULE_IMPOSSIBLE',
      message: expect.not.stringContaining('hunter2') as string,
    })
  })
})

test('ops schedule remove takes away what was installed, and nothing a second time', async () => {
  const { context, fake } = await scene()
  await installSchedule({ confirm: 'healthcare' }, context)
  await expect(removeSchedule({}, context)).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
  })
  const { changes } = await removeSchedule({ confirm: 'healthcare' }, context)
  expect(changes.map(({ action }) => action)).toEqual(['remove', 'remove'])
  expect(fake.files.size).toBe(0)
  expect((await removeSchedule({}, context)).changes).toEqual([])
})

test('ops schedule show tells the time zone and whether a switch is told', async () => {
  const { context } = await scene([nightly, 'notify: {deadman: {url: {file: url}}}'])
  expect(await showSchedule({}, context)).toMatchObject({
    stack: 'healthcare',
    deadman: true,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    jobs: [{ job: 'backup', state: 'absent' }],
  })
})

describe('a scheduled backup', () => {
  const config = (line: string) =>
    parseConfig(
      minimal(line).replace(
        '{medical: {container: mongo}}',
        '{a: {container: a}, b: {container: b}}',
      ),
      '/srv/ops.yaml',
      root,
    ).config
  const full = config(
    "schedule: {backup: {cron: '15 2 * * *', target: a, retries: 4, lockWait: 20m}}",
  )
  const by = (scheduled: boolean) => ({ scheduled, all: false })

  test('goes by ops.yaml where the flags say nothing', () => {
    expect(patienceOf(by(true), full)).toEqual({ retries: 4, lockWaitSeconds: 1200 })
    expect(patienceOf(by(true), config(nightly))).toEqual({ retries: 2, lockWaitSeconds: 600 })
    expect(patienceOf(by(false), full)).toEqual({ retries: 0, lockWaitSeconds: 0 })
    const flags = { ...by(true), retries: 0, 'lock-wait': '90s' }
    expect(patienceOf(flags, full)).toEqual({ retries: 0, lockWaitSeconds: 90 })
  })

  test('is for every target unless one is named', () => {
    expect(wantedTargets(by(true), config(nightly))).toEqual({ all: true })
    expect(wantedTargets(by(true), full)).toEqual({ target: 'a', all: false })
    expect(wantedTargets({ ...by(true), target: 'b' }, full)).toEqual({ target: 'b', all: false })
    expect(wantedTargets({ ...by(true), all: true }, full)).toEqual({ all: true })
    expect(wantedTargets(by(false), full)).toEqual({ all: false })
    expect(wantedTargets(by(true), parseConfig(minimal(), '/srv/ops.yaml', root).config)).toEqual({
      all: false,
    })
  })

  test('starts after a random part of the delay', async () => {
    const { context, record } = await scene()
    const flags = { scheduled: true, 'random-delay': '10m' }
    const how = { job: 'backup', flags, deadman: true, random: () => 0.5 } as const
    await watched(() => Promise.resolve(), how, context.world, context.door)
    expect(record.list('backup')).toMatchObject([{ startedAt: '2026-11-21T13:07:04.000Z' }])
  })
})

describe('ops backup', () => {
  const told: string[] = []
  const deadman = {
    tell: (what: string) => {
      told.push(what)
      return Promise.resolve()
    },
  }
  const flags = { scheduled: false, all: false, 'lock-limit': '60s' }

  test('is tried again in the quiet without a word, and the switch hears of it once', async () => {
    const { context, record } = await scene()
    const { world: base, server } = fakeWorld()
    server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    let calls = 0
    const world = {
      ...base,
      // The pause before the second try passes at once; the watch over the stream never looks.
      clock: {
        ...base.clock,
        sleep: (milliseconds: number) =>
          milliseconds === 30_000 ? Promise.resolve() : new Promise<void>(() => undefined),
      },
      mongo: {
        ...base.mongo,
        connect: (...given: Parameters<typeof base.mongo.connect>) => {
          calls += 1
          return calls === 1
            ? Promise.reject(new Failure('environment', 'MONGO_UNREACHABLE', 'starting', []))
            : base.mongo.connect(...given)
        },
      },
    }
    const { door, written } = fakeDoor({ quiet: true })
    const worlds = { world, schedule: { ...context.world, deadman } }
    const { reading } = context
    const target = { ...Object.values(reading.config.targets)[0], databases: ['medical_records'] }
    const scheduled = { ...flags, scheduled: true }
    const taken = await backUp([target as never], scheduled, reading, worlds, door)
    expect(taken).toMatchObject({ one: { done: { trust: 'sound' } } })
    await new Promise(setImmediate)
    expect(written).toEqual({ stdout: '', stderr: '' })
    expect(door.warnings).toEqual(['starting: try 2 of 3 in 30 s'])
    expect(record.list('backup')).toMatchObject([{ exitCode: 0, tries: 2, deadman: 'told' }])
    expect(told).toEqual(['start', 'success'])
  })

  test('by hand is not recorded; of one target among several, or as a dry run, tells nobody', async () => {
    const { context, record } = await scene([])
    told.length = 0
    const { world, server } = fakeWorld()
    server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const { config } = parseConfig(
      minimal().replace('mongo}', 'mongo}, other: {container: other}'),
      '/srv/ops.yaml',
      root,
    )
    const worlds = { world, schedule: { ...context.world, deadman } }
    const { door } = fakeDoor({ quiet: true })
    const target = { ...config.targets['medical'], databases: ['medical_records'] } as never
    const reading = { config, plainPasswords: [] }
    await backUp([target], flags, reading, worlds, door)
    await backUp([target], { ...flags, scheduled: true, 'dry-run': true }, reading, worlds, door)
    expect(told).toEqual([])
    expect(record.list('backup')).toEqual([])
  })
})
