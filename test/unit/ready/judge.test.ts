import { describe, expect, test } from 'vitest'
import type { Looked } from '../../../src/checks/doctor/evidence.js'
import type { ReadyBackup, ReadyEvidence } from '../../../src/checks/ready/evidence.js'
import { judgeReadiness } from '../../../src/checks/ready/judge.js'

const seen = <Facts>(facts: Facts): Looked<Facts> => ({ state: 'seen', facts })
const unseen: Looked<never> = { state: 'unseen', because: 'no answer within 15 s' }

const good: ReadyBackup = {
  id: 'medical-1',
  takenAt: '2026-11-21T12:00:00.000Z',
  trust: 'restore-tested',
  content: 'archive',
  wholeInstance: true,
  rawBytes: 1e9,
  kit: true,
  copies: ['offsite'],
  seconds: 30,
}

const container = {
  name: 'mongodb',
  state: 'running',
  image: 'mongo:6.0.5',
  imagePresent: true,
  firstUser: true,
}

const server = { primary: true, replicaSet: true, members: 1, oplogSeconds: 90_000 }

const evidence = (changes: Partial<ReadyEvidence> = {}): ReadyEvidence => ({
  target: 'medical',
  now: '2026-11-21T13:00:00.000Z',
  backupAgeSeconds: 26 * 3600,
  pointInTime: true,
  engine: seen({ version: '20.10' }),
  stack: seen({ services: 3 }),
  container: seen(container),
  volume: seen({ freeBytes: 1e12 }),
  server: seen(server),
  backup: seen(good),
  keys: seen({}),
  slicesTo: seen('2026-11-21T12:59:00.000Z'),
  cutOff: [],
  places: ['offsite'],
  ...changes,
})

const blocked = (changes: Partial<ReadyEvidence>) =>
  judgeReadiness(evidence(changes)).flatMap(({ name, ready }) => (ready ? [] : [name]))

const backup = (changes: Partial<ReadyBackup>) => ({ backup: seen({ ...good, ...changes }) })

describe('every recovery', () => {
  test('is ready where nothing is in the way, with its objective and what is known of it', () => {
    const all = judgeReadiness(evidence())
    expect(all.map(({ name, ready, objectiveSeconds }) => [name, ready, objectiveSeconds])).toEqual(
      [
        ['corruption', true, 600],
        ['container', true, 120],
        ['deletion', true, 600],
        ['system', true, 1800],
      ],
    )
    expect(all.map(({ forecastSeconds }) => forecastSeconds)).toEqual([30, null, 30, 30])
    expect(all[2]?.notes).toEqual([
      'from medical-1 (restore-tested)',
      'slices reach until 2026-11-21T12:59:00.000Z',
      'the oplog of the server goes back 25 h',
    ])
  })

  test.each<[string, Partial<ReadyEvidence>, readonly string[]]>([
    ['the engine', { engine: unseen }, ['corruption', 'container', 'deletion']],
    ['a good backup', { backup: seen(null) }, ['corruption', 'deletion', 'system']],
    ['the shelf', { backup: unseen }, ['corruption', 'deletion', 'system']],
    [
      'a young backup',
      backup({ takenAt: '2026-11-20T10:00:00.000Z' }),
      ['corruption', 'deletion', 'system'],
    ],
    ['a key', { keys: unseen }, ['corruption', 'deletion', 'system']],
    ['the compose files', { stack: unseen }, ['container']],
    ['a container', { container: seen(null) }, ['corruption']],
    [
      'an image',
      { container: seen({ ...container, imagePresent: false }) },
      ['container', 'deletion'],
    ],
    ['room', { volume: seen({ freeBytes: 1e9 }) }, ['corruption']],
    ['a look at the volume', { volume: unseen }, ['corruption']],
    ['a first user', { container: seen({ ...container, firstUser: false }) }, ['corruption']],
    ['a set of one', { server: seen({ ...server, members: 3 }) }, ['corruption']],
    ['the server', { server: unseen }, ['deletion']],
    ['the primary', { server: seen({ ...server, primary: false }) }, ['deletion']],
    ['an oplog', { server: seen({ primary: true, replicaSet: false }) }, ['deletion']],
    ['slices', { slicesTo: seen(null) }, ['deletion']],
    ['slices that are taken', { slicesTo: seen(null), pointInTime: false }, ['deletion']],
    ['the whole server', backup({ wholeInstance: false }), ['system']],
    ['a kit', backup({ kit: false }), ['system']],
    ['a copy elsewhere', backup({ copies: [] }), ['system']],
    ['a place elsewhere', { ...backup({ copies: [] }), places: [] }, ['system']],
    [
      'an end of what was cut off',
      { cutOff: ['"restore"'] },
      ['corruption', 'container', 'deletion'],
    ],
    ['time: ten minutes', backup({ seconds: 700 }), ['corruption', 'deletion']],
    ['time: half an hour', backup({ seconds: 1900 }), ['corruption', 'deletion', 'system']],
  ])('that needs %s is blocked without, and says what to type', (_what, changes, names) => {
    expect(blocked(changes)).toEqual(names)
    for (const { blocker } of judgeReadiness(evidence(changes)))
      if (blocker) expect(blocker.next.length).toBeGreaterThan(0)
  })

  test('is not blocked because nobody measured how long it takes: that is told', () => {
    const { seconds: _measured, ...unmeasured } = good
    expect(_measured).toBe(30)
    const [corruption] = judgeReadiness(evidence({ backup: seen(unmeasured) }))
    expect(corruption).toMatchObject({ ready: true, forecastSeconds: null })
    expect(corruption?.notes.join()).toContain('is not known')
  })

  test('a copy of the data files needs no first user', () => {
    const { container: no } = evidence({ container: seen({ ...container, firstUser: false }) })
    expect(blocked({ ...backup({ content: 'dataFiles' }), container: no })).toEqual([])
  })

  test('is told by the reason of a refusal', () => {
    const keys: Looked<never> = {
      state: 'refused',
      code: 'KEY_MISSING',
      message: 'no key opens it',
      next: ['ops config show'],
    }
    expect(judgeReadiness(evidence({ keys }))[3]?.blocker).toEqual({
      says: 'the backup cannot be opened here: no key opens it',
      next: ['ops config show', 'ops doctor'],
    })
  })
})
