import { describe, expect, test } from 'vitest'
import { lookAtLog } from '../../../src/procedures/troubleshoot/lookAtLog.js'
import { judgeSymptoms } from '../../../src/checks/health/symptoms.js'
import type { ServiceSeen } from '../../../src/checks/troubleshoot/evidence.js'
import type { ContainerLog } from '../../../src/ports/engine.js'
import {
  api,
  blindly,
  database,
  doing,
  evidence,
  judged,
  only,
  saw,
  service,
  target,
} from './scene.js'

const GiB = 1024 ** 3
const path = '/var/lib/docker/containers/1/1-json.log'
const unbounded: ContainerLog = { driver: 'json-file', options: {}, path }
const roomy = { freeBytes: 80 * GiB, totalBytes: 100 * GiB }
const nearlyFull = { freeBytes: 4 * GiB, totalBytes: 100 * GiB }

/** The database with a log of so many bytes. */
const logging = (
  log: ServiceSeen['log'],
  facts: Partial<ServiceSeen['facts']> = {},
): ServiceSeen => ({
  ...database({ facts: { log: unbounded, ...facts } }),
  ...(log ? { log } : {}),
})
const causesOf = (bytes: number, space = roomy) =>
  judged({ services: saw([logging(saw({ bytes, space })), api()]) }, 'disk').causes

describe('a log that nothing bounds', () => {
  test('is told where it is large, with what cuts it', () => {
    const log = saw({ bytes: 3 * GiB, space: roomy })
    const { symptoms, verdict } = judged({ services: saw([logging(log), api()]) }, 'disk')
    expect(verdict).toBe('warn')
    expect(only(symptoms, 'log-unbounded')).toMatchObject({
      symptom: 'disk',
      about: 'mongodb',
      fix: { kind: 'logs', service: 'mongodb', bytes: 3 * GiB },
    })
    expect(only(symptoms, 'log-unbounded').because.join()).toContain(path)
  })

  test('is told where it is a good part of what is free on a disk that is nearly full', () => {
    expect(causesOf(GiB - 1)).toEqual([])
    expect(causesOf(GiB - 1, nearlyFull)).toEqual([])
    const full = { freeBytes: 3 * GiB, totalBytes: 100 * GiB }
    expect(causesOf(0.8 * GiB, full)).toEqual(['log-unbounded'])
    const { symptoms } = judged({
      services: saw([logging(saw({ bytes: 0.8 * GiB, space: full }))]),
    })
    expect(only(symptoms, 'log-unbounded').severity).toBe('fail')
    expect(causesOf(1024 ** 2, { freeBytes: 0, totalBytes: 100 * GiB })).toEqual([])
  })

  test('is for people where it is a job’s, or no compose file names it', () => {
    const log = saw({ bytes: 3 * GiB, space: roomy })
    const facts = { log: unbounded }
    const job = { ...service('load', { facts }, { job: true }), log }
    const outside = { ...service('other', { facts, outside: true }), log }
    const { symptoms } = judged({ services: saw([job, outside]) }, 'disk')
    expect(symptoms.map(({ cause, fix }) => [cause, fix])).toEqual([
      ['log-unbounded', null],
      ['log-unbounded', null],
    ])
  })

  test('is no finding where nobody may look at it, but may be what a full disk comes from', () => {
    expect(judged({ services: saw([logging(saw(null))]) }).causes).toEqual([])
    const full = target({
      doing: saw(doing({ space: saw({ freeBytes: 1e9, totalBytes: 100e9 }) })),
    })
    const of = (log: ServiceSeen['log']) =>
      only(
        judged({ services: saw([logging(log)]), targets: [full] }, 'disk').symptoms,
        'data-disk-full',
      ).candidates
    const [hidden] = of(saw(null))
    expect(hidden).toMatchObject({ cause: 'log-unbounded' })
    expect(hidden && 'needs' in hidden && hidden.needs).toContain(path)
    const [small] = of(saw({ bytes: 1000, space: roomy }))
    expect(small).toHaveProperty('ruledOutBy')
    expect(of(undefined)).toEqual([])
  })

  test('that does not answer is not known', () => {
    const { symptoms } = judged({ services: saw([logging(blindly)]) }, 'disk')
    expect(symptoms.map(({ cause, severity }) => [cause, severity])).toEqual([
      ['not-seen', 'unknown'],
    ])
  })

  test('is told by health, too', () => {
    const log = saw({ bytes: 3 * GiB, space: roomy })
    const of = (services: readonly ServiceSeen[]) =>
      judgeSymptoms(evidence({ services: saw(services) })).find(({ id }) => id === 'symptom:disk')
    expect(of([logging(log)])).toMatchObject({
      severity: 'warn',
      value: { causes: [{ cause: 'log-unbounded', about: 'mongodb' }] },
    })
    expect(of([database()])).toMatchObject({ severity: 'ok' })
  })

  test.each([
    ['json-file without max-size', { driver: 'json-file', options: { 'max-file': '3' } }, true],
    ['json-file without a bound', { driver: 'json-file', options: { 'max-size': '-1' } }, true],
    ['json-file with max-size', { driver: 'json-file', options: { 'max-size': '10m' } }, false],
    ['local, which bounds itself', { driver: 'local', options: {} }, false],
    ['journald', { driver: 'journald', options: {} }, false],
  ])('of %s is looked at: it has no end', async (_, log, isLooked) => {
    const asked: string[] = []
    const premises = {
      fileBytes: (one: string) => {
        asked.push(one)
        return Promise.resolve(5)
      },
      space: () => Promise.resolve(roomy),
    }
    const watch = {
      clock: { sleep: () => new Promise<void>(() => undefined) },
      signal: new AbortController().signal,
    }
    const { facts } = database({ facts: { log: { ...log, path } } })
    const looked = await lookAtLog(facts, { premises }, watch, true)
    expect(asked).toEqual(isLooked ? [path] : [])
    expect(looked).toEqual(isLooked ? { log: saw({ bytes: 5, space: roomy }) } : {})
  })

  test.each([
    ['somebody asked about disks: told', true, 'unseen'],
    ['it is looked at in passing: nothing is said', false, 'seen'],
  ])('that may not be looked at, where %s', async (_, isAsked, state) => {
    const premises = {
      fileBytes: () => Promise.resolve(undefined),
      space: () => Promise.resolve(roomy),
    }
    const watch = {
      clock: { sleep: () => new Promise<void>(() => undefined) },
      signal: new AbortController().signal,
    }
    const log = { driver: 'json-file', options: {}, path }
    const { facts } = database({ facts: { log } })
    const looked = await lookAtLog(facts, { premises }, watch, isAsked)
    expect(looked.log?.state).toBe(state)
  })
})
