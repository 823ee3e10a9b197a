import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { statusOf } from '../../../src/checks/status/status.js'
import { statusScreen, wholeStatusScreen } from '../../../src/report/status.js'
import { blindly, protectedAgo, saw, well, wellTarget, writes } from '../status/scene.js'
import { pipe, terminal } from './canvas.js'

const canvas = { ...terminal, now: new Date('2026-11-21T14:00:00Z') }

test('a status that is good is three lines, whatever the width', () => {
  for (const columns of [40, 60, 80, 120]) {
    const lines = statusScreen(statusOf(well()), { ...canvas, columns }).split('\n')
    expect(lines).toHaveLength(3)
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
  }
  expect(statusScreen(statusOf(well()), canvas)).toMatchInlineSnapshot(`
    "GOOD  12 checks
      Services  1 up, 0 down, 1 job; CPU 9 % ▂▂▅▃█▅▂▄; 370 MB ▁▂▃▄▅▆▇█
      Backup    12 hr ago, restore-tested; 47 s lost now; back in 41 min 00 s"
  `)
})

test('the whole of it is one screen', () => {
  const screen = wholeStatusScreen(statusOf(well()), canvas)
  expect(screen).toMatchInlineSnapshot(`
    "GOOD  12 checks
      SERVICE  STATE            UP  CPU            MEMORY
      mongodb  healthy     12 days  9 %  ▂▂▅▃█▅▂▄  370 MB  37 %  ▁▂▃▄▅▆▇█
      loader   exited (0)
      Services  1 up, 0 down, 1 job
      Backup    12 hr ago, restore-tested, also at usb
      Days      ·········▆▇·✗█ the last 14 days
      Lost now  with its server: 47 s, 1,204 operations (objective 5 min)
                with this machine: 1 min 47 s, 3,000 operations
      Recovery  about 41 min (± 6), objective 1 h
      Disk      /var/backups/ops: 200 GB free, the next backups need 2 GB, not full
                soon
      Next      backup in 12 hr (systemd)"
  `)
  expect(Math.max(...screen.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80)
})

test('a narrow terminal gets no bars, and a pipe no table', () => {
  const narrow = wholeStatusScreen(statusOf(well()), { ...canvas, columns: 40 })
  expect(narrow).not.toMatch(/[▂▃▄▅▆▇█]{3}/)
  expect(wholeStatusScreen(statusOf(well()), { ...pipe, now: canvas.now })).not.toContain('CPU')
})

test('a service that stands still is what it is, and not what its health check last said', () => {
  const { services } = well()
  if (services?.state !== 'seen') throw new Error('a scene')
  const all = services.facts.map((one) =>
    one.role === 'job' ? one : { ...one, state: 'paused', health: 'healthy' as const },
  )
  const screen = wholeStatusScreen(statusOf(well({ services: saw(all) })), canvas)
  expect(screen).toMatch(/mongodb +paused/)
  const narrow = wholeStatusScreen(statusOf(well({ services: blindly, room: blindly })), {
    ...canvas,
    columns: 20 + 'ATTENTION  '.length,
  })
  for (const line of narrow.split('\n').slice(0, 2))
    expect(stringWidth(line)).toBeLessThanOrEqual(31)
})

test('of several targets three lines tell the worst, and without a stack the disk', () => {
  const old = wellTarget({ name: 'archive' })
  const evidence = well({ targets: [wellTarget(), old] })
  expect(statusScreen(statusOf(evidence), canvas)).toContain('of 2 targets, the oldest 12 hr ago')
  const { services, ...without } = evidence
  expect(services).toBeDefined()
  const lines = statusScreen(statusOf(without), canvas).split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain('Disk    200 GB free')
})

test('a disk that fills up says when', () => {
  const filling = { state: 'filling' as const, days: 19.4, bytesPerDay: 1e10 }
  const room = saw({ freeBytes: 200e9, neededBytes: 2e9, filling })
  expect(wholeStatusScreen(statusOf(well({ room })), canvas)).toMatch(/full in\s+about 19 days/)
  const soon = saw({ freeBytes: 200e9, neededBytes: 2e9, filling: { ...filling, days: 6 } })
  expect(statusOf(well({ room: soon }))).toMatchObject({
    verdict: 'warn',
    problems: [{ id: 'disk', severity: 'warn' }],
  })
})

test('problems follow, the worst first, each with what to type, and no line is too long', () => {
  const late = { newest: protectedAgo(40_000, 'backup'), lost: saw(writes(9, { more: 'late' })) }
  const nothing = { newest: null, lost: saw(null) }
  const medical = wellTarget({
    pointInTime: false,
    withoutServer: late,
    withoutHost: nothing,
    places: [],
    recovery: saw(null),
  })
  const archive = wellTarget({ name: 'archive', withoutServer: { ...late, lost: blindly } })
  const screen = statusScreen(
    statusOf(well({ targets: [medical, archive], services: blindly, room: blindly })),
    { ...pipe, now: canvas.now },
  )
  expect(screen).toMatchInlineSnapshot(`
    "FAILING  2 problems, 4 warnings, 18 checks
      Backup    medical: 12 hr ago, restore-tested, also at usb
                archive: 12 hr ago, restore-tested, also at usb
      Days      medical: ·········▆▇·✗█ the last 14 days
                archive: ·········▆▇·✗█ the last 14 days
      Lost now  medical: with its server: 11 h 07 min, more than 9 operations
                (objective 5 min)
                medical: with this machine: everything
                archive: with its server: 11 h 07 min, writes not counted (objective
                5 min)
                archive: with this machine: 1 min 47 s, 3,000 operations
      Recovery  medical: not known yet, objective 1 h (ops dr drill measures it)
                archive: about 41 min (± 6), objective 1 h
      Next      backup in 12 hr (systemd)
    fail     medical: if its server were lost now: 11 h of writes (objectives.rpo
             promises 5 min; backups alone protect it: point-in-time recovery is
             off)
             → pitr: {enabled: true}   (in ops.yaml)
    fail     archive: if its server were lost now: 11 h of writes (objectives.rpo
             promises 5 min; the slices of the oplog do not reach nearer)
             → ops pitr status
    warn     medical: if this machine were lost now: everything, for no copy is kept
             elsewhere
             → backup.copies in ops.yaml
    warn     medical: how long a recovery takes was never measured (objectives.rto
             promises 60 min)
             → ops backup test-restore --target medical
    unknown  the services could not be looked at (no answer within 10 s)
             → ops stack ps
    unknown  the room on the shelf could not be looked at (no answer within 10 s)
             → ops doctor"
  `)
  expect(Math.max(...screen.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
})

test('what failed is told once, not with everything that could not be seen because of it', () => {
  const message = 'it is stopped'
  const refused = { state: 'refused' as const, code: 'CONTAINER_STOPPED', message, next: ['ops …'] }
  const withoutServer = { newest: protectedAgo(47), lost: refused }
  const down = wellTarget({ server: refused, withoutServer, slices: refused })
  const screen = statusScreen(statusOf(well({ targets: [down] })), canvas)
  expect(screen).toContain('FAILING  1 problem, 2 warnings')
  expect(screen.split(message)).toHaveLength(2)
})

test('what was not written since cannot be lost, and without a backup everything is', () => {
  const idle = { newest: protectedAgo(4000), lost: saw(writes(0)) }
  const drawn = (changes: Parameters<typeof wellTarget>[0]) =>
    wholeStatusScreen(statusOf(well({ targets: [wellTarget(changes)] })), canvas)
  expect(drawn({ withoutServer: idle, withoutHost: idle })).toContain(
    'Lost now  nothing: no write since (objective 5 min)',
  )
  const nothing = { newest: null, lost: saw(null) }
  const none = { withoutServer: nothing, withoutHost: nothing, recovery: saw(null) }
  const screen = drawn({
    ...none,
    catalog: saw({ count: 0, unreadable: [], unheld: [], days: [] }),
  })
  expect(screen).toContain('Backup    none that is good')
  expect(screen).toContain('Lost now  everything (objective 5 min)')
  const unseen = drawn({ ...none, catalog: blindly, shelf: blindly })
  expect(unseen).toContain('Backup    not known')
  expect(unseen).toContain('Lost now  with its server: not known (objective 5 min)')
})
