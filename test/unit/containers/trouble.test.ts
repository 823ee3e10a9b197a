import { describe, expect, test } from 'vitest'
import { linesOfLastRun } from '../../../src/checks/containers/lastRun.js'
import { reasonIn } from '../../../src/checks/containers/reasons.js'
import { troubleOf, type ContainerEvidence } from '../../../src/checks/containers/trouble.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import { container } from '../../fakes/stack.js'

const now = '2026-11-21T13:00:00.000Z'
const minutesAgo = (minutes: number) => new Date(Date.parse(now) - minutes * 60_000).toISOString()

const judged = (
  changes: Partial<ContainerFacts>,
  lines: readonly string[] = [],
  more: Partial<ContainerEvidence> = {},
) =>
  troubleOf(
    {
      service: 'mongodb',
      facts: container('mongodb', changes),
      image: { name: 'mongo:6.0.5', present: true },
      lines,
      mongod: true,
      ...more,
    },
    now,
  )

const line = (at: string, message: string) =>
  `{"t":{"$date":"${at}"},"s":"F","c":"CONTROL","msg":"${message}"}`

describe('a container', () => {
  test('that runs, healthy or without a health check, has no trouble', () => {
    expect(judged({})).toBeUndefined()
    expect(judged({ health: 'healthy', restarts: 40, startedAt: minutesAgo(30) })).toBeUndefined()
  })

  test.each([
    ['is paused', { state: 'paused' as const }, 'paused', 'unpause'],
    ['was stopped', { state: 'exited' as const }, 'ended', 'start'],
    ['was killed', { state: 'exited' as const, exitCode: 137 }, 'ended', 'start'],
    [
      'used too much memory',
      { state: 'exited' as const, exitCode: 137, oomKilled: true },
      'killed for memory',
      'start',
    ],
    ['is ill', { health: 'unhealthy' as const }, 'unhealthy', 'restart'],
    ['is starting', { health: 'starting' as const }, 'still starting', 'wait'],
    ['was never started', { state: 'created' as const }, 'never started', 'start'],
    ['could not be removed', { state: 'dead' as const }, 'dead', 'recreate'],
    [
      'is between two starts, ever again',
      { state: 'restarting' as const, exitCode: 2, restarts: 3 },
      'restart loop',
      'stop',
    ],
    ['starts ever again', { restarts: 3, startedAt: minutesAgo(0.5) }, 'restart loop', 'stop'],
    [
      'crashed once, and is about to be started by the engine',
      { state: 'restarting' as const, exitCode: 2, restarts: 1 },
      'still starting',
      'wait',
    ],
  ])('that %s is known as such', (_, changes, kind, cure) => {
    expect(judged(changes)).toMatchObject({ kind, cure })
  })

  test('that is not there is made again, and its image is looked for', () => {
    const none: ContainerEvidence = {
      service: 'mongodb',
      image: { name: 'mongo:6.0.5', present: true },
      lines: [],
      mongod: true,
    }
    expect(troubleOf(none, now)).toMatchObject({ kind: 'missing', cure: 'create' })
    const image = { name: 'mongo:6.0.5', present: false }
    expect(troubleOf({ ...none, image }, now)).toMatchObject({ kind: 'image missing' })
  })

  test('that ended for a reason which is still there is not started again, and the line that says so is shown', () => {
    const says = line(now, 'Error opening WiredTiger: WT_PANIC: read checksum error')
    expect(judged({ state: 'exited', exitCode: 14 }, ['a', says, 'b'])).toMatchObject({
      kind: 'ended',
      because: 'its data files are damaged',
      evidence: says,
      cure: 'none',
    })
  })

  test('that was told to end is started again, whatever its log complains of', () => {
    const says = line(now, 'No space left on device')
    expect(judged({ state: 'exited', exitCode: 137 }, [says])).toMatchObject({
      cure: 'start',
      evidence: null,
    })
  })

  test('that starts over because another is not there gets up with it', () => {
    const lines = ['MongoServerSelectionError: connect ECONNREFUSED 127.0.0.1:27017']
    const looping = { state: 'restarting' as const, restarts: 9 }
    expect(judged(looping, lines)).toMatchObject({ cure: 'restart' })
    expect(judged(looping, ['ETIMEDOUT'], { dependencyIll: true })).toMatchObject({
      cure: 'restart',
    })
    const hopeless = ['Error parsing command line: unrecognised option']
    expect(judged(looping, hopeless, { dependencyIll: true })).toMatchObject({ cure: 'stop' })
  })

  test('that was restarted often and is healthy again is well', () => {
    const changes = { restarts: 12, startedAt: minutesAgo(0.2), health: 'healthy' as const }
    expect(judged(changes)).toBeUndefined()
  })

  test('that runs once and is done is well, unless it is a server, or somebody asks for it', () => {
    const done = { state: 'exited' as const }
    const once = { runsOnce: true, mongod: false }
    expect(judged(done, [], once)).toBeUndefined()
    expect(judged({ ...done, exitCode: 1 }, [], once)).toMatchObject({ cure: 'start' })
    expect(judged(done, [], { ...once, named: true })).toMatchObject({ cure: 'start' })
    expect(judged(done, [], { ...once, mongod: true })).toMatchObject({ cure: 'start' })
  })

  test('that is no server is tried once more, whatever it complains of; only a loop of it is ended', () => {
    const lines = ['error: STRIPE_KEY is not set']
    const other = { mongod: false }
    expect(judged({ state: 'exited', exitCode: 1 }, lines, other)).toMatchObject({
      cure: 'start',
      because: 'a variable that it needs is not set',
    })
    const looping = { state: 'restarting' as const, restarts: 5 }
    expect(judged(looping, lines, other)).toMatchObject({ cure: 'stop' })
  })

  test('that may be recovering is waited for, not restarted', () => {
    const recovering = [line(now, 'WiredTiger message: recovery')]
    const ill = { health: 'unhealthy' as const, startedAt: minutesAgo(3) }
    expect(judged(ill, recovering)).toMatchObject({ cure: 'wait' })
    const open = [...recovering, line(now, 'Waiting for connections')]
    expect(judged(ill, open)).toMatchObject({ kind: 'unhealthy', cure: 'restart' })
    // The last lines of one that has served for days do not reach back to its start.
    const served = [line(now, 'Connection accepted'), line(now, 'client metadata')]
    expect(judged(ill, served)).toMatchObject({ kind: 'unhealthy', cure: 'restart' })
  })

  test('whose data are half changed is left as it is, with what comes first', () => {
    const mustWait = '"restore medical" was cut off: first "ops undo 1"'
    expect(judged({ state: 'exited' }, [], { mustWait })).toMatchObject({
      kind: 'held back',
      because: mustWait,
      cure: 'none',
    })
  })

  test('whose data volume is gone is not made again beside it', () => {
    const none: ContainerEvidence = {
      service: 'mongodb',
      image: { name: 'mongo:6.0.5', present: true },
      lines: [],
      mongod: true,
      volumeMissing: 'its volume data is gone',
    }
    expect(troubleOf(none, now)).toMatchObject({ kind: 'data volume missing', cure: 'none' })
  })

  test('shows no secret that it was given, nor one in an address', () => {
    const says = 'ECONNREFUSED mongodb://app:verysecret@mongodb with token abcdef99'
    const environment = { API_TOKEN: 'abcdef99' }
    const { evidence } = judged({ state: 'exited', exitCode: 1, environment }, [says]) ?? {}
    expect(evidence).toBe('ECONNREFUSED mongodb://app:[secret]@mongodb with token [secret]')
  })

  test('says by its exit code how it ended, and by its limit how much memory it had', () => {
    expect(judged({ state: 'exited', exitCode: 48 })?.because).toContain('could not listen')
    expect(judged({ state: 'exited', exitCode: 48 }, [], { mongod: false })?.because).toBe(
      'exit code 48',
    )
    const changes = { state: 'exited' as const, oomKilled: true, memoryLimit: 256 * 1024 ** 2 }
    expect(judged(changes)?.because).toContain('256 MiB')
  })
})

describe('the reason in a log', () => {
  test.each([
    ['damaged data', 'WiredTiger error: WT_PANIC: WiredTiger library panic'],
    ['damaged data', '"msg":"Failed to open WiredTiger.turtle: No such file or directory"'],
    ['data of another version', 'UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion'],
    ['disk full', 'write failed: No space left on device'],
    ['port taken', 'Failed to set up listener: SocketException: Address already in use'],
    ['data in use', 'DBPathInUse: Unable to lock the lock file: /data/db/mongod.lock'],
    ['wrong option', 'Error parsing command line: unrecognised option --nonsense'],
    ['missing variable', "error: missing 'MONGO_INITDB_ROOT_PASSWORD'; both must be specified"],
    ['missing variable', 'run.sh: line 3: MONGO_USERNAME: unbound variable'],
    ['command not found', 'exec: "mongoo": executable file not found in $PATH'],
    ['sign-in refused', 'MongoServerError: Authentication failed.'],
    ['no right', 'permissions on /data/configdb/replica.key are too open'],
    ['out of memory', 'FATAL ERROR: Reached heap limit: JavaScript heap out of memory'],
    ['dependency unreachable', 'getaddrinfo EAI_AGAIN mongodb'],
  ])('is %s where it says "%s"', (kind, text) => {
    expect(reasonIn(['before', text, 'after'], true)).toMatchObject({ kind, line: text })
  })

  test('is the one that explains most where it gives several', () => {
    const lines = ['No space left on device', 'WT_PANIC: library panic', 'connection refused']
    expect(reasonIn(lines, true)?.kind).toBe('damaged data')
  })

  test('is none where nothing is known, and where a healthy server speaks', () => {
    expect(
      reasonIn(['{"msg":"Waiting for connections"}', 'Connection accepted'], true),
    ).toBeUndefined()
  })

  test('of a program that is no server is its newest one: others are of what its users did', () => {
    const lines = ['bad auth: user mistyped', 'connect ECONNREFUSED mongodb:27017']
    expect(reasonIn(lines, false)?.kind).toBe('dependency unreachable')
    expect(reasonIn(lines, true)?.kind).toBe('sign-in refused')
  })

  test('is no word of a server that does not complain, and nothing of long ago', () => {
    const client = line(now, 'Authentication failed').replace('"s":"F"', '"s":"I"')
    expect(reasonIn([client], true)).toBeUndefined()
    const calm = (at: number) => `{"t":{"$date":"2026"},"s":"I","msg":"${at.toString()}"}`
    const quiet = Array.from({ length: 200 }, (_, at) => calm(at))
    expect(reasonIn(['No space left on device', ...quiet], true)?.kind).toBe('disk full')
    const since = Array.from({ length: 40 }, () => 'all is well')
    expect(reasonIn(['No space left on device', ...since], true)).toBeUndefined()
  })

  test('is not looked for in what was logged before the last start', () => {
    const old = line('2026-11-21T11:00:00.000Z', 'No space left on device')
    const lines = [old, '  at the end of it', line(minutesAgo(4), 'Waiting for connections')]
    expect(linesOfLastRun(lines, minutesAgo(5))).toEqual(lines.slice(2))
    expect(linesOfLastRun([old, 'untimed'], minutesAgo(5))).toEqual(['untimed'])
    expect(linesOfLastRun(lines, undefined)).toEqual(lines)
  })
})
