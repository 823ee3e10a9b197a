import { describe, expect, test } from 'vitest'
import { judgeContainer, judgeImage } from '../../../src/checks/doctor/container.js'
import type { ContainerSeen, TargetEvidence } from '../../../src/checks/doctor/evidence.js'
import {
  judgeBackupRights,
  judgeClock,
  judgePointInTime,
  judgePrimary,
  judgeRestoreRights,
  judgeServer,
  judgeSignIn,
} from '../../../src/checks/doctor/server.js'
import { judgeTools } from '../../../src/checks/doctor/tools.js'
import { mongodb, refusal, saw, server, silence, target, told } from './scene.js'

describe('the container', () => {
  const judged = (changes: Partial<ContainerSeen>) =>
    judgeContainer('medical', saw({ ...mongodb, ...changes }))

  test.each<[Partial<ContainerSeen>, string]>([
    [{}, 'ok: healthcare_mongodb runs and is healthy'],
    [{ health: 'starting' }, 'warn: healthcare_mongodb is starting'],
    [{ health: 'unhealthy' }, 'fail: healthcare_mongodb runs, but is unhealthy'],
    [{ state: 'exited', exitCode: 137 }, 'fail: healthcare_mongodb is exited'],
    [{ state: 'paused' }, 'fail: healthcare_mongodb is paused'],
    [{ state: 'restarting' }, 'fail: healthcare_mongodb is restarting'],
  ])('%j: %s', (changes, sentence) => {
    expect(told(judged(changes))).toBe(sentence)
  })

  test('that ran out of memory says so, and how to bring it back', () => {
    expect(judged({ state: 'exited', exitCode: 137, oomKilled: true })).toMatchObject({
      because: 'exit code 137, it ran out of memory',
      next: ['ops stack up mongodb', 'ops stack logs mongodb'],
    })
  })

  test('that does not exist fails; one behind a silent engine is unknown', () => {
    expect(judgeContainer('medical', refusal('CONTAINER_NOT_FOUND')).severity).toBe('fail')
    expect(judgeContainer('medical', refusal('ENGINE_UNREACHABLE')).severity).toBe('unknown')
    expect(judgeContainer('medical', silence).severity).toBe('unknown')
  })
})

test('an image that is gone is a warning while its container lives, and a failure without one', () => {
  const image = { name: 'mongo:6', present: false, used: true }
  expect(judgeImage('medical', saw({ ...image, present: true })).severity).toBe('ok')
  expect(judgeImage('medical', saw(image)).severity).toBe('warn')
  expect(judgeImage('medical', saw({ ...image, used: false })).severity).toBe('fail')
  expect(judgeImage('medical', refusal('ENGINE_UNREACHABLE')).severity).toBe('unknown')
})

describe('reaching the server', () => {
  const judged = (changes: Partial<TargetEvidence>) => {
    const seen = target(changes)
    return [told(judgeServer(seen)), told(judgeSignIn(seen))]
  }
  const without = (code: string) => {
    const looked = refusal(code)
    return { connection: looked, server: looked, rights: looked }
  }

  test('works', () => {
    expect(judged({})).toEqual(['ok: MongoDB 6.0.5 answers on mongodb', 'ok: the sign-in works'])
  })

  test('with a wrong password is a failure of the sign-in, not of the server', () => {
    expect(judged(without('MONGO_AUTHENTICATION'))).toEqual([
      'ok: the server answers',
      'fail: signing in does not work',
    ])
  })

  test('with a secret that cannot be had says nothing of the server', () => {
    expect(judged(without('SECRET_EXPOSED'))).toEqual([
      'unknown: the server could not be looked at',
      'fail: signing in does not work',
    ])
  })

  test('that does not answer says nothing of the sign-in', () => {
    expect(judged(without('MONGO_UNREACHABLE'))).toEqual([
      'fail: the server does not answer',
      'unknown: the sign-in could not be looked at',
    ])
    expect(judged(without('CONTAINER_STOPPED'))).toEqual([
      'unknown: the server could not be looked at',
      'unknown: the sign-in could not be looked at',
    ])
  })

  test('without credentials where they are asked for fails', () => {
    const rights = refusal('MONGO_UNAUTHORIZED')
    expect(judged({ rights })[1]).toBe('fail: signing in does not work')
  })

  test('without a password warns', () => {
    const rights = saw({
      authenticated: false,
      missingForBackup: [],
      missingForRestore: [],
      mayDoEverything: true,
    })
    expect(judged({ rights })[1]).toBe('warn: the server asks nobody for a password')
    const { container, ...outside } = target({ rights, place: 'server' })
    expect(container).toBeDefined()
    const wire = { elsewhere: ['db01'], encrypted: true, verified: true }
    expect(judgeSignIn({ ...outside, wire: saw(wire) }).severity).toBe('fail')
    expect(judgeSignIn({ ...outside, wire: saw({ ...wire, elsewhere: [] }) }).severity).toBe('warn')
  })

  test('as a user that may not ask how it is fails: a backup asks that first', () => {
    expect(judged({ server: refusal('MONGO_UNAUTHORIZED') })[0]).toBe(
      'fail: the server answers, but does not say how it is',
    )
  })
})

test('a user that may back up but not restore is found out before it matters', () => {
  const rights = saw({
    authenticated: true,
    missingForBackup: [],
    missingForRestore: ['insert on medical_records'],
    mayDoEverything: false,
  })
  expect(judgeBackupRights('medical', rights).severity).toBe('ok')
  expect(judgeRestoreRights('medical', rights)).toMatchObject({
    severity: 'fail',
    because: 'missing: insert on medical_records',
  })
  expect(judgeBackupRights('medical', silence).severity).toBe('unknown')
})

describe('point in time', () => {
  const { replicaSet, ...standalone } = server

  test('takes a replica set', () => {
    expect(judgePointInTime(target())).toMatchObject({ severity: 'ok', value: { replicaSet } })
  })

  test('on a standalone is a warning that says how it becomes a set, a failure where it is asked for', () => {
    const found = judgePointInTime(target({ server: saw(standalone), pointInTime: false }))
    expect(found.severity).toBe('warn')
    expect(found.next.join()).toMatch(/--replSet rs0.*rs\.initiate\(\)/)
    expect(judgePointInTime(target({ server: saw(standalone) })).severity).toBe('fail')
    expect(judgePointInTime(target({ server: silence })).severity).toBe('unknown')
  })
})

test('a secondary takes no writes, so nothing can be restored', () => {
  expect(judgePrimary('medical', saw(server)).severity).toBe('ok')
  expect(judgePrimary('medical', saw({ ...server, primary: false })).severity).toBe('fail')
  expect(judgePrimary('medical', silence).severity).toBe('unknown')
})

describe('the clock', () => {
  const judged = (localTime: string) => judgeClock('medical', saw({ ...server, localTime }))

  test('agrees within what asking takes, and some seconds more', () => {
    expect(judged('2026-11-21T13:00:00.010Z')).toMatchObject({
      severity: 'ok',
      value: { seconds: 0 },
    })
    expect(judged('2026-11-21T12:59:56.000Z')).toMatchObject({
      severity: 'ok',
      value: { seconds: -4 },
    })
  })

  test('warns above 5 seconds and fails above 5 minutes, either way', () => {
    expect(told(judged('2026-11-21T13:00:06.020Z'))).toBe(
      "warn: the server's clock is 6 s ahead of this machine's",
    )
    expect(told(judged('2026-11-21T12:54:00.000Z'))).toBe(
      "fail: the server's clock is 6 min behind this machine's",
    )
  })

  test('that the server keeps to itself is unknown', () => {
    const { localTime, ...silent } = server
    expect(judgeClock('medical', saw(silent)).severity).toBe('unknown')
    expect(localTime).toBeDefined()
  })
})

describe('the tools', () => {
  const judged = (mongodump: string, version = '6.0.5', mongorestore = mongodump) =>
    told(
      judgeTools(
        'medical',
        saw({ engine: 'exec', because: 'asked for', mongodump, mongorestore }),
        saw({ ...server, version }),
      ),
    )

  test.each([
    ['100.13.0', '6.0.5', 'ok: mongodump and mongorestore 100.13.0'],
    ['100.13.0', '8.2.1', 'ok: mongodump and mongorestore 100.13.0'],
    ['100.9.5', '8.0.1', 'warn: mongodump 100.9.5 is older than the server'],
    ['100.7.0', '6.0.5', 'ok: mongodump and mongorestore 100.7.0'],
    [
      '100.4.1',
      '5.0.1',
      'warn: mongodump 100.4.1 can leave out collections that are made just as it begins',
    ],
    [
      'r4.2.8',
      '4.2.8',
      'warn: mongodump r4.2.8 can leave out collections that are made just as it begins',
    ],
    ['100.25.0', '10.0.0', 'ok: mongodump and mongorestore 100.25.0'],
    ['built-here', '6.0.5', 'unknown: mongodump does not say which version it is ("built-here")'],
  ])('%s against MongoDB %s: %s', (mongodump, version, sentence) => {
    expect(judged(mongodump, version)).toBe(sentence)
  })

  test('of another engine than the best are doubted, with the reason', () => {
    const tools = {
      engine: 'exec' as const,
      because: 'the tools are in its image',
      mongodump: '100.13.0',
      mongorestore: '100.13.0',
      fellBack: ['engine sidecar cannot serve "medical": no pipe'],
    }
    const finding = judgeTools('medical', saw(tools), saw(server))
    expect(finding).toMatchObject({
      severity: 'warn',
      says: expect.stringContaining('backups are taken by engine exec') as string,
      because: tools.fellBack[0],
    })
  })

  test('of two versions do not belong together', () => {
    expect(judged('100.13.0', '6.0.5', '100.9.0')).toMatch(/^warn:.*do not belong together$/)
  })

  test('that are not there fail; behind a stopped container they are unknown', () => {
    const missing = judgeTools('medical', refusal('TOOL_MISSING'), silence)
    expect(missing.severity).toBe('fail')
    expect(missing.next.join()).toContain('database-tools/installation')
    expect(judgeTools('medical', refusal('CONTAINER_STOPPED'), silence).severity).toBe('unknown')
  })

  test('are judged by their age alone where the server cannot be asked', () => {
    const tools = target().tools
    expect(judgeTools('medical', tools, silence).severity).toBe('ok')
  })
})
