import { describe, expect, test } from 'vitest'
import { judgeSymptoms } from '../../../src/checks/health/symptoms.js'
import { symptomSource } from '../../../src/cli/symptomSource.js'
import type { Config } from '../../../src/config/config.js'
import { Failure } from '../../../src/domain/failure.js'
import type { IndexDefinition } from '../../../src/domain/contents.js'
import type { HealthFinding } from '../../../src/domain/health.js'
import type { TroubleshootWorld } from '../../../src/procedures/troubleshoot/request.js'
import { medical } from '../../fakes/world.js'
import {
  api,
  blindly,
  database,
  doing,
  evidence,
  refusedBy,
  saw,
  service,
  target,
  unreached,
} from '../troubleshoot/scene.js'
import { bedside } from '../troubleshoot/world.js'

function found(changes: Parameters<typeof evidence>[0] = {}) {
  return Object.fromEntries(judgeSymptoms(evidence(changes)).map((one) => [one.id, one]))
}

const bad = (changes: Parameters<typeof evidence>[0]) =>
  Object.entries(found(changes)).flatMap(([id, { severity }]) =>
    severity === 'ok' ? [] : [`${id} ${severity}`],
  )

const lost = api({
  facts: { networks: { elsewhere: ['api'] } },
  said: [[5, 'Error: getaddrinfo ENOTFOUND mongodb']],
})

describe('symptoms as checks', () => {
  test('are there, and ok, where nothing applies', () => {
    expect(bad({})).toEqual([])
    expect(Object.keys(found())).toContain('symptom:connection')
  })

  test('name causes that no built-in check tells, without the line of the log', () => {
    const { 'symptom:connection': one } = found({ services: saw([database(), lost]) })
    expect(one).toMatchObject({
      severity: 'fail',
      next: ['ops troubleshoot connection'],
      value: { causes: [{ cause: 'wrong-network', about: 'api' }] },
    })
    expect(JSON.stringify(one)).not.toContain('ENOTFOUND')
  })

  test('of several causes the worst counts, and all are named', () => {
    const refused = service('desk', { said: [[5, 'MongoServerError: Authentication failed.']] })
    const denied = service('loader', { said: [[5, 'AccessDenied']] })
    const { 'symptom:access': one } = found({ services: saw([database(), refused, denied]) })
    expect(one?.severity).toBe('fail')
    expect(one?.value).toMatchObject({
      causes: [{ about: 'desk' }, { about: 'loader' }],
    })
  })

  test('leave to the other checks what those tell', () => {
    const stopped = database({ facts: { state: 'exited', exitCode: 0 } })
    const targets = [unreached()]
    expect(bad({ services: saw([stopped, api()]), targets })).toEqual([
      'symptom:lock unknown',
      'symptom:slow unknown',
      'symptom:disk unknown',
    ])
    expect(bad({ targets: [target({ newestGood: saw(null) })] })).toEqual([])
  })

  test('are unknown where nobody could look, and bad where something bad is seen all the same', () => {
    const locks = saw([
      {
        path: '/state/locks/medical.lock',
        gone: true,
        owner: {
          command: 'backup',
          pid: 7,
          host: 'ward',
          user: 'root',
          since: '2026-11-21T02:00:00.000Z',
        },
      },
    ])
    const { 'symptom:lock': one } = found({ targets: [{ ...unreached(), locks }] })
    expect(one).toMatchObject({ severity: 'warn', value: { causes: [{ cause: 'stale-lock' }] } })
    const hidden = found({ services: blindly })
    expect(hidden['symptom:connection']?.severity).toBe('unknown')
    expect(hidden['symptom:access']?.severity).toBe('unknown')
    const rights = refusedBy('MONGO_UNAUTHORIZED', 'it may not')
    const partly = found({ targets: [target({ doing: saw(doing({ operations: rights })) })] })
    expect(partly['symptom:lock']?.severity).toBe('unknown')
    expect(partly['symptom:disk']?.severity).toBe('ok')
  })
})

const query = {
  namespace: 'medical_records.visits',
  fields: ['ward'],
  scansAll: true,
  times: 1,
  milliseconds: 200,
  examined: 10_000,
  returned: 1,
  last: '2026-11-21T13:00:00.000Z',
}

describe('slow queries, which stand in the log of the server', () => {
  const refused = target({
    doing: saw(doing({ slow: refusedBy('MONGO_UNAUTHORIZED', 'it may not') })),
  })
  test('are no finding for a user who may not read it, and everything else is one as ever', () => {
    const all = found({ targets: [refused] })
    expect(all['symptom:slow']).toBeUndefined()
    expect(all['symptom:lock']?.severity).toBe('ok')
    expect(all['symptom:disk']?.severity).toBe('ok')
    expect(Object.keys(all)).toHaveLength(Object.keys(found()).length - 1)
  })

  test('are unknown where the log could not be read for any other reason', () => {
    const late = target({ doing: saw(doing({ slow: blindly })) })
    expect(found({ targets: [late] })['symptom:slow']?.severity).toBe('unknown')
    const both = found({ targets: [refused, target({ name: 'b', doing: blindly })] })
    expect(both['symptom:slow']?.severity).toBe('unknown')
  })

  test('of another server are told of all the same', () => {
    const slow = target({
      name: 'archive',
      doing: saw(doing({ slow: saw([{ ...query, wantsIndex: true }]) })),
    })
    expect(found({ targets: [refused, slow] })['symptom:slow']?.severity).toBe('warn')
  })
})

const configured = {
  targets: { medical },
  objectives: { backupAgeSeconds: 26 * 3600 },
  pitr: { everySeconds: 60 },
} as unknown as Config

/** A source over a hospital in memory, whose deadlines never come. */
function sourceOver(it: ReturnType<typeof bedside>) {
  const clock = { ...it.world.clock, sleep: () => new Promise<void>(() => undefined) }
  const world = { ...it.world, clock }
  return symptomSource(configured, world, (one) => ({ ...world, ...one }))
}

const { signal } = new AbortController()

test('a source looks, ends what it began, and changes nothing', async () => {
  const it = bedside()
  const source = sourceOver(it)
  const all = await source.find(signal)
  await source.ended?.()
  expect(source.name).toBe('symptom')
  expect(all.map(({ id }) => id)).toContain('symptom:lock')
  expect(it.project.log).toEqual([])
  expect(it.server.log).toEqual([])
})

describe('whether a slow query lacks an index', () => {
  const own = { name: '_id_', key: { _id: 1 }, options: {} }
  const ofWard = { name: 'ward_1', key: { ward: 1, at: 1 }, options: {} }

  /** How slow queries are judged of collections that have these indexes, or of which they are not told. */
  async function judgedOf(...all: readonly (readonly IndexDefinition[] | Error)[]) {
    const it = bedside()
    it.operations.slow = all.map((_, n) => ({
      ...query,
      namespace: `medical_records.c${n.toString()}`,
    }))
    const indexes = (_: string, collection: string) => {
      const told = all[Number(collection.slice(1))] ?? []
      return told instanceof Error ? Promise.reject(told) : Promise.resolve(told)
    }
    Object.assign(it.server.vitals, { indexes })
    const found = await sourceOver(it).find(signal)
    return found.find(({ id }) => id === 'symptom:slow')?.severity
  }

  test('is told by indexes alone: no document is looked for', async () => {
    expect(await judgedOf([own])).toBe('warn')
    expect(await judgedOf([own, ofWard])).toBe('ok')
  })

  test('is nothing to ask of a collection that was dropped, a view, or a time-series', async () => {
    expect(await judgedOf([])).toBe('ok')
    const ofSeries = { name: 'bed_1_at_1', key: { bed: 1, at: 1 }, options: {} }
    expect(await judgedOf([ofSeries])).toBe('ok')
  })

  test('is told of others where one is not told of, and is unknown where none of them lacks one', async () => {
    const refused = new Failure('environment', 'MONGO_UNAUTHORIZED', 'it may not', [])
    expect(await judgedOf(refused, [own])).toBe('warn')
    expect(await judgedOf(refused)).toBe('unknown')
    expect(await judgedOf([own, ofWard], new Error('it broke'))).toBe('unknown')
  })
})

describe('a part of it that hangs', () => {
  /** Deadlines pass as fast as a test can wait, in their order. */
  function hurried(it: ReturnType<typeof bedside>, changes: Partial<TroubleshootWorld>) {
    const sleep = (milliseconds: number, over?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds / 100)
        over?.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(over.reason as Error)
        })
      })
    const elapsed = () => performance.now() * 100
    const world = { ...it.world, ...changes, clock: { ...it.world.clock, sleep, elapsed } }
    return symptomSource(configured, world, (one) => ({ ...world, ...one }))
  }
  const hangs = () => new Promise<never>(() => undefined)
  const unknownOf = (all: readonly HealthFinding[]) =>
    all.flatMap(({ id, severity }) => (severity === 'unknown' ? [id] : []))

  test('blinds what it tells alone: everything ends before the time of the whole is over', async () => {
    const it = bedside()
    const source = hurried(it, { compose: { ...it.world.compose, project: hangs } })
    const began = performance.now()
    const found = await source.find(signal)
    expect((performance.now() - began) / 10).toBeLessThan(source.seconds)
    expect(unknownOf(found)).toEqual(
      expect.arrayContaining(['symptom:connection', 'symptom:access', 'symptom:port']),
    )
    expect(unknownOf(found)).not.toContain('symptom:lock')
    expect(unknownOf(found)).not.toContain('symptom:disk')
  })

  test('ends with what the run has left, too', async () => {
    const it = bedside()
    const source = hurried(it, { operations: { connect: hangs } })
    const found = await source.find(signal, () => 4)
    expect(found.find(({ id }) => id === 'symptom:disk')).toMatchObject({
      severity: 'unknown',
      because: expect.stringContaining('--timeout') as string,
    })
    expect(unknownOf(found)).not.toContain('symptom:connection')
  })
})
