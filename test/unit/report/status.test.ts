import { expect, test } from 'vitest'
import { statusOf } from '../../../src/checks/status/status.js'
import { statusScreen } from '../../../src/report/status.js'
import { blindly, protectedAgo, saw, well, wellTarget, writes } from '../status/scene.js'
import { pipe, terminal } from './canvas.js'

const canvas = { ...terminal, now: new Date('2026-11-21T14:00:00Z') }

test('a status that is good is a few lines', () => {
  expect(statusScreen(statusOf(well()), canvas)).toMatchInlineSnapshot(`
    "GOOD  12 checks
      Services  1 up, 0 down, 1 job
      Backup    12 hr ago, restore-tested, also at usb
      Lost now  with its server: 47 s, 1,204 operations (objective 5 min)
                with this machine: 1 min 47 s, 3,000 operations
      Recovery  about 41 min (± 6), objective 1 h
      Disk      /var/backups/ops: 200 GB free, the next backups need 2 GB
      Next      backup in 12 hr"
  `)
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
      Lost now  medical: with its server: 11 h 07 min, more than 9 operations
                (objective 5 min)
                medical: with this machine: everything
                archive: with its server: 11 h 07 min, writes not counted (objective
                5 min)
                archive: with this machine: 1 min 47 s, 3,000 operations
      Recovery  medical: not known yet, objective 1 h (ops dr drill measures it)
                archive: about 41 min (± 6), objective 1 h
      Next      backup in 12 hr
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
    statusScreen(statusOf(well({ targets: [wellTarget(changes)] })), canvas)
  expect(drawn({ withoutServer: idle, withoutHost: idle })).toContain(
    'Lost now  nothing: no write since (objective 5 min)',
  )
  const nothing = { newest: null, lost: saw(null) }
  const none = { withoutServer: nothing, withoutHost: nothing, recovery: saw(null) }
  const screen = drawn({ ...none, catalog: saw({ count: 0, unreadable: [], unheld: [] }) })
  expect(screen).toContain('Backup    none that is good')
  expect(screen).toContain('Lost now  everything (objective 5 min)')
  const unseen = drawn({ ...none, catalog: blindly, shelf: blindly })
  expect(unseen).toContain('Backup    not known')
  expect(unseen).toContain('Lost now  with its server: not known (objective 5 min)')
})
