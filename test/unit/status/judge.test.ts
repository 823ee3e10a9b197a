import { describe, expect, test } from 'vitest'
import type { StatusEvidence, StatusTarget } from '../../../src/checks/status/evidence.js'
import { judgeStatus } from '../../../src/checks/status/judge.js'
import { statusOf } from '../../../src/checks/status/status.js'
import { blindly, protectedAgo, saw, well, wellTarget, writes } from './scene.js'

const problemsOf = (changes: Partial<StatusTarget>, more: Partial<StatusEvidence> = {}) =>
  judgeStatus(well({ targets: [wellTarget(changes)], ...more })).problems

const service = {
  service: 'api',
  container: 'api',
  role: 'service' as const,
  state: 'running',
  health: null,
  exitCode: null,
  startedAt: null,
  restarts: 0,
  use: null,
}
const serviceProblems = (changes: Partial<Omit<typeof service, 'role'>> & { role?: 'job' }) =>
  judgeStatus(well({ services: saw([{ ...service, ...changes }]) })).problems

describe('the verdict', () => {
  test('is good where everything was seen and is as it was promised', () => {
    expect(judgeStatus(well())).toMatchObject({ verdict: 'ok', problems: [] })
  })

  test.each<[string, Partial<StatusEvidence>]>([
    ['the services', { services: blindly }],
    ['the room', { room: blindly }],
    ['the schedule', { schedule: blindly }],
    ['a server', { targets: [wellTarget({ server: blindly })] }],
    ['the backups', { targets: [wellTarget({ catalog: blindly })] }],
    ['the shelf', { targets: [wellTarget({ shelf: blindly })] }],
    ['a place', { targets: [wellTarget({ places: [{ name: 'usb', held: blindly }] })] }],
    ['past recoveries', { targets: [wellTarget({ recovery: blindly })] }],
    ['the slices', { targets: [wellTarget({ slices: blindly })] }],
    ['the record', { targets: [wellTarget({ cutOff: blindly })] }],
    [
      'the oplog',
      { targets: [wellTarget({ withoutServer: { newest: protectedAgo(47), lost: blindly } })] },
    ],
  ])('is not good where %s could not be looked at', (_, changes) => {
    const { verdict, problems } = judgeStatus(well(changes))
    expect(verdict).toBe('warn')
    expect(problems).not.toEqual([])
    for (const { severity, because, next } of problems) {
      expect([severity, because]).toEqual(['unknown', blindly.because])
      expect(next).not.toEqual([])
    }
  })

  test('tells the worst first, and which target it is about', () => {
    const { problems } = judgeStatus(
      well({
        room: saw({ freeBytes: 3e9, neededBytes: 2e9, filling: { state: 'not soon' as const } }),
        targets: [wellTarget({ catalog: saw({ count: 0, unreadable: [], unheld: [], days: [] }) })],
      }),
    )
    expect(problems.map(({ severity, target = '' }) => `${severity} ${target}`)).toEqual([
      'fail medical',
      'warn ',
    ])
  })
})

describe('what would be lost now', () => {
  test('fails where it is more than was promised, with what would help', () => {
    const late = { newest: protectedAgo(400), lost: saw(writes(9)) }
    const usb = { withoutHost: late, places: [{ name: 'usb', held: saw(protectedAgo(400)) }] }
    expect(problemsOf({ withoutServer: late, ...usb })).toMatchObject([
      {
        severity: 'fail',
        says: 'if its server were lost now: 7 min of writes',
        next: ['ops pitr status', 'ops pitr start'],
        value: { seconds: 400, operations: 9 },
      },
    ])
    expect(problemsOf({ withoutServer: late, ...usb, pointInTime: false })[0]?.because).toContain(
      'point-in-time recovery is off',
    )
  })

  test('is nothing, however old the backup, where nothing was written since', () => {
    const idle = { newest: protectedAgo(40_000, 'backup'), lost: saw(writes(0)) }
    expect(problemsOf({ withoutServer: idle, withoutHost: idle })).toEqual([])
    const [target] = statusOf(
      well({ targets: [wellTarget({ withoutServer: idle, withoutHost: idle })] }),
    ).targets
    expect(target?.rpo).toMatchObject({ seconds: 0, operations: 0 })
  })

  test('is not called nothing where there may be more than none', () => {
    const lost = saw(writes(0, { more: '5 s were not enough to read on' }))
    const late = { newest: protectedAgo(400), lost }
    expect(problemsOf({ withoutServer: late, withoutHost: late })).toMatchObject([
      { severity: 'fail', value: { seconds: 400 } },
    ])
  })

  test('is not known where the oplog does not tell; a standalone has none to tell', () => {
    const lost = saw(writes(0, { notCounted: 'its oplog goes back to noon only' }))
    const untold = { newest: protectedAgo(47), lost }
    expect(problemsOf({ withoutServer: untold })).toMatchObject([
      { severity: 'unknown', because: 'its oplog goes back to noon only' },
    ])
    expect(problemsOf({ withoutServer: { ...untold, lost: saw(null) } })).toEqual([])
    const refused = { state: 'refused' as const, code: 'X', message: 'may not', next: [] }
    expect(problemsOf({ withoutServer: { ...untold, lost: refused } })).toMatchObject([
      { severity: 'unknown', because: 'may not' },
    ])
  })

  test('with this machine is everything where no copy is elsewhere', () => {
    const nothing = { newest: null, lost: saw(null) }
    expect(problemsOf({ places: [], withoutHost: nothing })).toMatchObject([
      { severity: 'warn', says: expect.stringContaining('no copy is kept elsewhere') as string },
    ])
    const empty = [{ name: 'usb', held: saw(null) }]
    expect(problemsOf({ places: empty, withoutHost: nothing })).toMatchObject([
      { severity: 'fail', next: ['ops backup copy --target medical', 'ops backup list'] },
    ])
    const unseen = [{ name: 'usb', held: blindly }]
    expect(problemsOf({ places: unseen, withoutHost: nothing })).toMatchObject([
      { severity: 'unknown' },
    ])
  })

  test('with this machine is judged for itself where only entries of one second lie between', () => {
    const server = protectedAgo(47)
    const { seconds } = server.point.at
    const ahead = { ...server, point: { at: { seconds, ordinal: 9 }, exact: true } }
    const withoutServer = { newest: ahead, lost: saw(writes(0)) }
    const withoutHost = { newest: server, lost: saw(writes(9)) }
    const { checks } = judgeStatus(well({ targets: [wellTarget({ withoutServer, withoutHost })] }))
    const same = { withoutServer, withoutHost: withoutServer }
    expect(judgeStatus(well({ targets: [wellTarget(same)] })).checks).toBe(checks - 1)
  })

  test('is doubtful where the newest state comes from the future: a clock is wrong', () => {
    const ahead = { newest: protectedAgo(-120), lost: saw(writes(3)) }
    expect(problemsOf({ withoutServer: ahead, withoutHost: ahead })).toMatchObject([
      { id: 'medical.rpo', severity: 'warn', next: ['timedatectl status'] },
    ])
    expect(problemsOf({ withoutHost: ahead })).toMatchObject([
      { id: 'medical.host', severity: 'warn', value: { aheadSeconds: 120 } },
    ])
    const nearly = { newest: protectedAgo(-50), lost: saw(writes(3)) }
    expect(problemsOf({ withoutServer: nearly, withoutHost: nearly })).toEqual([])
  })

  test('fails where no good backup holds all of the databases', () => {
    const nothing = { newest: null, lost: saw(null) }
    const none = { withoutServer: nothing, withoutHost: nothing, shelf: saw(null) }
    const places = [{ name: 'usb', held: saw(null) }]
    const { catalog } = wellTarget()
    if (catalog.state !== 'seen') throw new Error('backups that were seen')
    const partial = (unheld: readonly string[]) => saw({ ...catalog.facts, unheld })
    const found = problemsOf({ ...none, places, catalog: partial(['ward_b']) })
    expect(found).toMatchObject([
      {
        severity: 'fail',
        says: 'no good backup holds all of its databases',
        because: 'in none: ward_b',
        next: ['ops backup --target medical'],
      },
    ])
    expect(problemsOf({ ...none, places, catalog: partial([]) })).toMatchObject([
      { because: 'each of them is in one, and never all together' },
    ])
    const unseen = { ...none, shelf: blindly, places, catalog: partial([]) }
    expect(problemsOf(unseen)).toMatchObject([{ id: 'medical.shelf', severity: 'unknown' }])
  })

  test('is not known where nothing was found, and not all could be looked at', () => {
    const nothing = { newest: null, lost: saw(null) }
    const none = { withoutServer: nothing, withoutHost: nothing, recovery: saw(null) }
    const known = (changes: Partial<StatusTarget>) => {
      const [target] = statusOf(well({ targets: [wellTarget({ ...none, ...changes })] })).targets
      return [target?.backupKnown, target?.rpo.known, target?.hostRpo.known]
    }
    const usb = (held: StatusTarget['shelf']) => [{ name: 'usb', held }]
    expect(known({ shelf: saw(null), places: usb(saw(null)) })).toEqual([true, true, true])
    expect(known({ shelf: blindly, catalog: blindly, places: usb(saw(null)) })).toEqual([
      false,
      false,
      true,
    ])
    expect(known({ shelf: saw(null), places: usb(blindly) })).toEqual([true, false, false])
    const { withoutServer } = wellTarget()
    expect(known({ withoutServer, places: usb(blindly) })).toEqual([true, true, false])
  })

  test('with this machine fails where the copies are older than was promised', () => {
    const withoutHost = { newest: protectedAgo(4000, 'backup'), lost: saw(writes(9)) }
    expect(problemsOf({ withoutHost })).toMatchObject([
      { severity: 'fail', id: 'medical.host', value: { seconds: 4000 } },
    ])
  })
})

describe('a recovery', () => {
  test('is doubtful where it was never measured, and fails where it takes too long', () => {
    expect(problemsOf({ recovery: saw(null) })).toMatchObject([
      { severity: 'warn', next: ['ops backup test-restore --target medical'] },
    ])
    const slow = saw({ seconds: 7200, spreadSeconds: 60, measured: 1 })
    expect(problemsOf({ recovery: slow })).toMatchObject([
      { severity: 'fail', says: 'a recovery would take about 2 h, longer than promised' },
    ])
  })

  test('is nobody’s concern where nothing could be brought back', () => {
    const nothing = { newest: null, lost: saw(null) }
    const none = { withoutServer: nothing, withoutHost: nothing, recovery: saw(null) }
    const catalog = saw({ count: 0, unreadable: [], unheld: [], days: [] })
    expect(problemsOf({ ...none, catalog, shelf: saw(null) })).toMatchObject([
      { says: 'there is no backup', next: ['ops backup --target medical'] },
    ])
  })
})

test('a server that cannot be asked, or takes no writes, fails', () => {
  const code = 'MONGO_UNREACHABLE'
  const refused = { state: 'refused' as const, code, message: 'it is stopped', next: ['ops …'] }
  expect(problemsOf({ server: refused })).toMatchObject([
    { severity: 'fail', because: 'it is stopped', next: ['ops …'] },
  ])
  const secondary = saw({ version: '6.0.5', primary: false })
  expect(problemsOf({ server: secondary })).toMatchObject([
    { severity: 'fail', says: 'its server is not the primary: it takes no writes' },
  ])
})

describe('services', () => {
  test.each([
    [{ state: 'absent', container: null as never }, 'fail', 'api has no container'],
    [{ state: 'exited', exitCode: 1 as never }, 'fail', 'api is exited'],
    [{ state: 'paused' }, 'fail', 'api is paused'],
    [{ health: 'unhealthy' as never }, 'fail', 'api runs and is ill'],
    [{ health: 'starting' as never }, 'warn', 'api is starting'],
    [{ role: 'job' as const, state: 'exited', exitCode: 2 as never }, 'warn', 'exit code 2'],
    [{ role: 'job' as const, state: 'restarting' }, 'warn', 'the job api is restarting'],
  ])('%o: %s', (changes, severity, says) => {
    const [problem] = serviceProblems(changes)
    expect(problem?.severity).toBe(severity)
    expect(problem?.says).toContain(says)
  })

  test('a job that ended well, or never ran, is no problem', () => {
    expect(serviceProblems({ role: 'job', state: 'exited', exitCode: 0 as never })).toEqual([])
    expect(serviceProblems({ role: 'job', state: 'absent' })).toEqual([])
  })
})

test('a shelf that is too small for the next backups fails', () => {
  const room = (freeBytes: number) => ({
    room: saw({ freeBytes, neededBytes: 2e9, filling: { state: 'not soon' as const } }),
  })
  expect(problemsOf({}, room(1e9))).toMatchObject([{ severity: 'fail' }])
  expect(problemsOf({}, room(3e9))).toMatchObject([{ severity: 'warn' }])
})

test('of several targets the worst is told, and one that is not known is worse than any number', () => {
  const other = wellTarget({ name: 'archive', recovery: saw(null) })
  const status = statusOf(well({ targets: [wellTarget(), other] }))
  expect(status).toMatchObject({
    rpoSeconds: 47,
    hostRpoSeconds: 107,
    predictedRtoSeconds: null,
    next: [{ job: 'backup', at: '2026-11-22T02:00:00.000Z' }],
    disk: [
      {
        path: '/var/backups/ops',
        freeBytes: 200e9,
        neededBytes: 2e9,
        filling: { state: 'not soon' },
      },
    ],
  })
  expect(statusOf(well()).predictedRtoSeconds).toBe(2460)
  expect(statusOf(well({ targets: [] }))).toMatchObject({ rpoSeconds: null })
})
