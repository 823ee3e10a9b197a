import { describe, expect, test } from 'vitest'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import { blindly, saw } from '../status/scene.js'
import { aContainer, aHospital, aJob, at, aTarget, judgedOf } from './scene.js'

const containers = (...all: Parameters<typeof aContainer>[0][]) => ({
  containers: saw(all.map((one) => aContainer(one))),
})

describe('where all is well', () => {
  test('every check is ok, and has an id of its own', () => {
    const { verdict, checks } = judgeHealth(aHospital())
    expect(checks.filter(({ severity }) => severity !== 'ok')).toEqual([])
    expect(verdict).toBe('ok')
    const ids = checks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[\w-]+(:[\w-]+)*$/)
    expect(ids).toEqual(
      expect.arrayContaining([
        'engine',
        'container:mongodb',
        'container:loader',
        'image:mongodb',
        'mongo:medical:ping',
        'mongo:medical:primary',
        'mongo:medical:write',
        'backup:medical:age',
        'backup:medical:restore-test',
        'rpo:medical',
        'rto:medical',
        'slices:medical',
        'disk:shelf',
        'memory:host',
        'clock:engine',
        'clock:medical',
        'history',
      ]),
    )
  })

  test('the same evidence gives the same findings, also when it was written down in between', () => {
    const evidence = aHospital(containers({ state: 'paused' }))
    const again = JSON.parse(JSON.stringify(evidence)) as typeof evidence
    expect(judgeHealth(again)).toEqual(judgeHealth(evidence))
  })
})

describe('a container', () => {
  test('that does not run fails, with the command that brings it back', () => {
    for (const state of ['paused', 'exited', 'dead', 'created'] as const) {
      const found = judgedOf(containers({ state, exitCode: 1, health: null }))['container:mongodb']
      expect(found, state).toMatchObject({ severity: 'fail' })
      expect(found?.next[0]).toBe('ops dr container mongodb')
      expect(found?.prevention).toBeDefined()
    }
  })

  test('that is not there fails', () => {
    const gone = containers({ container: null, state: 'absent', health: null })
    expect(judgedOf(gone)['container:mongodb']?.severity).toBe('fail')
  })

  test('that is starting is neither ok nor a failure', () => {
    expect(judgedOf(containers({ health: 'starting' }))['container:mongodb']?.severity).toBe('warn')
  })

  test('that was stopped by somebody was not killed for memory', () => {
    const stopped = containers({ state: 'exited', exitCode: 137, health: null })
    expect(judgedOf(stopped)['container:mongodb']?.because).not.toMatch(/memory/)
    const killed = containers({ state: 'exited', exitCode: 137, outOfMemory: true, health: null })
    expect(judgedOf(killed)['container:mongodb']?.because).toMatch(/memory/)
  })

  test('that starts over and over fails; one that was restarted a moment ago is told of', () => {
    const justNow = new Date(Date.parse(at) - 5_000).toISOString()
    const loop = containers({ restarts: 7, startedAt: justNow, health: 'starting' })
    expect(judgedOf(loop)['container:mongodb']).toMatchObject({ severity: 'fail' })
    const once = containers({ restarts: 1, startedAt: justNow })
    expect(judgedOf(once)['container:mongodb']).toMatchObject({ severity: 'warn' })
    const long = containers({ restarts: 1 })
    expect(judgedOf(long)['container:mongodb']).toMatchObject({ severity: 'ok' })
  })

  test('of a job that ended well is fine, and one that did not is a warning', () => {
    const job = (changes: Parameters<typeof aJob>[0]) =>
      judgedOf({ containers: saw([aJob(changes)]) })['container:loader']?.severity
    expect(job({ exitCode: 0 })).toBe('ok')
    expect(job({ state: 'absent', container: null })).toBe('ok')
    expect(job({ state: 'running' })).toBe('ok')
    expect(job({ exitCode: 1 })).toBe('warn')
    expect(job({ exitCode: 143 })).toBe('warn')
  })

  test('made from what its image name meant before is told of', () => {
    const image = aContainer().image
    const drift = (changes: Partial<typeof image>) =>
      judgedOf(containers({ image: { ...image, ...changes } }))['image:mongodb']
    expect(drift({ namedId: 'sha256:2' })).toMatchObject({ severity: 'warn' })
    expect(drift({ named: 'mongo:7.0' })?.says).toContain('mongo:7.0')
    expect(drift({ namedId: null })).toMatchObject({ severity: 'warn' })
    expect(drift({ named: null })).toBeUndefined()
  })

  test('that could not be looked at is unknown, and not absent', () => {
    expect(judgedOf({ containers: blindly })['container']).toMatchObject({ severity: 'unknown' })
  })
})

describe('a machine', () => {
  test('whose engine does not answer fails, and what hangs on it is unknown', () => {
    const found = judgedOf({ engine: blindly })
    expect(found['engine']?.severity).toBe('fail')
    expect(found['clock:engine']?.severity).toBe('unknown')
    expect(found['memory:host']?.severity).toBe('unknown')
  })

  test('of which something unexpected was heard is unknown: that says nothing of it', () => {
    const bug = { state: 'unseen' as const, because: 'TypeError: a bug of ops' }
    expect(judgedOf({ engine: bug })['engine']?.severity).toBe('unknown')
    const server = judgedOf({ targets: [aTarget({ server: bug })] })['mongo:medical:ping']
    expect(server?.severity).toBe('unknown')
  })

  test('the time that asking took is no difference of clocks', () => {
    const clock = {
      askedAt: at,
      at: '2026-11-21T14:00:08.000Z',
      answeredAt: '2026-11-21T14:00:10.000Z',
    }
    const memory = { totalBytes: 16e9, availableBytes: 8e9 }
    const engine = saw({ version: '20', clock, memory })
    expect(judgedOf({ engine })['clock:engine']?.severity).toBe('ok')
    const ahead = saw({
      version: '20',
      clock: { ...clock, at: '2026-11-21T14:00:20.000Z' },
      memory,
    })
    expect(judgedOf({ engine: ahead })['clock:engine']?.severity).toBe('warn')
    const far = saw({ version: '20', clock: { ...clock, at: '2026-11-21T13:00:00.000Z' }, memory })
    expect(judgedOf({ engine: far })['clock:engine']?.severity).toBe('fail')
  })

  test('memory is held against the limit of a container that has one, and the machine', () => {
    const memory = saw([{ name: 'hospital_mongodb', bytes: 9.9e8, limitBytes: 1e9 }])
    expect(judgedOf({ memory })['memory:mongodb']).toBeUndefined()
    const limited = { memory, ...containers({ memoryLimit: 1e9 }) }
    expect(judgedOf(limited)['memory:mongodb']?.severity).toBe('fail')
    const clock = { askedAt: at, at, answeredAt: at }
    const remote = saw({ version: '20', clock, memory: { totalBytes: 1e9 } })
    expect(judgedOf({ engine: remote, memory: blindly })['memory:host']?.severity).toBe('unknown')
    expect(judgedOf({ engine: remote, memory })['memory:host']?.severity).toBe('fail')
  })
})

describe('protection', () => {
  test('a gap in the slices fails, each with an id of its own', () => {
    const { protection } = aHospital()
    const [target] = protection?.targets ?? []
    if (!protection || !target) throw new Error('a scene')
    const gap = { id: 'pitr.gaps', severity: 'fail' as const, says: 'a gap', because: '', next: [] }
    const found = judgedOf({
      protection: { ...protection, targets: [{ ...target, slices: saw([gap, gap]) }] },
    })
    expect(found['slices:medical:gaps']?.severity).toBe('fail')
    expect(found['slices:medical:gaps:2']?.severity).toBe('fail')
    expect(found['slices:medical']).toBeUndefined()
  })

  test('the newest backup is judged by how far it can be relied on', () => {
    const { protection } = aHospital()
    const [target] = protection?.targets ?? []
    if (!protection || target?.catalog.state !== 'seen') throw new Error('a scene')
    const { facts } = target.catalog
    const trusting = (catalog: typeof target.catalog | typeof blindly) =>
      judgedOf({ protection: { ...protection, targets: [{ ...target, catalog }] } })[
        'backup:medical:trust'
      ]
    const newest = (changes: object) => {
      const { newestGood } = facts
      if (!newestGood) throw new Error('a scene')
      return trusting(saw({ ...facts, newest: { ...newestGood, id: 'medical-new', ...changes } }))
    }
    expect(newest({ trust: 'restore-tested' })).toMatchObject({ severity: 'ok' })
    expect(newest({ trust: 'sound' })).toMatchObject({ severity: 'ok' })
    expect(newest({ trust: 'unverified' })).toMatchObject({
      severity: 'warn',
      next: ['ops backup verify medical-new', 'ops backup --target medical'],
    })
    expect(newest({ trust: 'damaged' })).toMatchObject({ severity: 'fail' })
    expect(newest({ present: false })).toMatchObject({ severity: 'fail' })
    expect(trusting(blindly)).toMatchObject({ severity: 'unknown' })
    const { unreadable, unheld, days } = facts
    expect(trusting(saw({ unreadable, unheld, days, count: 0 }))).toBeUndefined()
  })

  test('a backup that is not at a place it belongs to is told of', () => {
    const { protection } = aHospital()
    const [target] = protection?.targets ?? []
    if (!protection || !target) throw new Error('a scene')
    const places = [...target.places, { name: 's3', held: saw(null) }]
    const found = judgedOf({ protection: { ...protection, targets: [{ ...target, places }] } })
    expect(found['backup:medical:copies']).toMatchObject({ severity: 'warn' })
    expect(found['backup:medical:copies']?.because).toContain('s3')
  })

  test('a copy that was brought to a place is looked for there, and unknown where nobody could look', () => {
    const { protection } = aHospital()
    const [target] = protection?.targets ?? []
    const [usb] = target?.places ?? []
    if (!protection || !target || !usb) throw new Error('a scene')
    const copies = (changes: Partial<typeof usb>) =>
      judgedOf({
        protection: { ...protection, targets: [{ ...target, places: [{ ...usb, ...changes }] }] },
      })['backup:medical:copies']?.severity
    expect(copies({ holdsNewest: true })).toBe('ok')
    expect(copies({ holdsNewest: false })).toBe('warn')
    expect(copies({ held: blindly })).toBe('unknown')
  })

  test('a backup whose file was written to after it was read is not called good', () => {
    const { protection } = aHospital()
    const [target] = protection?.targets ?? []
    if (!protection || target?.catalog.state !== 'seen') throw new Error('a scene')
    const { newestGood, ...rest } = target.catalog.facts
    if (!newestGood) throw new Error('a backup')
    const catalog = saw({ ...rest, newestGood: { ...newestGood, changed: true as const } })
    const found = judgedOf({ protection: { ...protection, targets: [{ ...target, catalog }] } })
    expect(found['backup:medical:trust']).toMatchObject({
      severity: 'warn',
      next: [`ops backup verify ${newestGood.id}`],
    })
  })

  test('a retention that does not remove is told of, with its alarms', () => {
    const retention = (changes: object) => ({
      retention: [
        {
          target: 'medical',
          seen: saw({ target: 'medical', configured: true, overdue: [], alarms: [], ...changes }),
        },
      ],
    })
    const severity = (changes: object) =>
      judgedOf(retention(changes))['backup:medical:retention']?.severity
    expect(severity({ configured: false })).toBe('ok')
    expect(severity({ overdue: ['a'] })).toBe('warn')
    expect(severity({ overdue: ['a'], alarms: ['the clock jumped'] })).toBe('warn')
  })
})

describe('what was asked for', () => {
  test('is chosen by what ids begin with, and the verdict is that of the choice', () => {
    const evidence = aHospital({ ...containers({ state: 'paused' }) })
    expect(judgeHealth(evidence, ['mongo']).verdict).toBe('ok')
    const { checks } = judgeHealth(evidence, ['mongo:medical:pi', 'engine'])
    expect(checks.map(({ id }) => id)).toEqual(['engine', 'mongo:medical:ping'])
  })

  test('and is not there is a slip, and the nearest one is named', () => {
    expect(() => judgeHealth(aHospital(), ['mongo:medical:pong'])).toThrow(
      expect.objectContaining({
        code: 'CHECK_UNKNOWN',
        exitCode: 2,
        next: expect.arrayContaining(['ops health mongo:medical:ping']) as unknown,
      }),
    )
  })

  test('and has nothing to judge by is unknown: a monitor must not take it for a slip of its own', () => {
    const { verdict, checks } = judgeHealth(aHospital(), ['mongo:medical:certificate'])
    expect(checks).toMatchObject([{ id: 'mongo:medical:certificate', severity: 'unknown' }])
    expect(verdict).toBe('warn')
  })

  test('of a whole that could not be looked at is answered by that', () => {
    const { checks } = judgeHealth(aHospital({ containers: blindly }), ['container:mongodb'])
    expect(checks).toMatchObject([{ id: 'container', severity: 'unknown' }])
  })
})

test('findings from elsewhere stand beside the others, under the name of their source', () => {
  const one = { id: 'web', severity: 'fail' as const, says: 'no answer', because: '', next: ['x'] }
  const sources = [
    { name: 'declared', found: saw([one]) },
    { name: 'late', found: blindly },
  ]
  const found = judgedOf({ sources })
  expect(found['declared:web']).toMatchObject({ severity: 'fail', next: ['x'] })
  expect(found['late']).toMatchObject({ severity: 'unknown' })
})

test('passwords that a server or a tool quotes are taken out', () => {
  const server = {
    state: 'refused' as const,
    code: 'MONGO_UNREACHABLE',
    message: 'cannot reach mongodb://root:hunter2@db/',
    next: [],
  }
  const { checks } = judgeHealth(aHospital({ targets: [aTarget({ server })] }))
  expect(JSON.stringify(checks)).not.toContain('hunter2')
})
