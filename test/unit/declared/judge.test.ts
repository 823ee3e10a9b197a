import { describe, expect, test } from 'vitest'
import type { DeclaredSeen, Probed } from '../../../src/checks/declared/evidence.js'
import { judgeDeclared } from '../../../src/checks/declared/judge.js'
import type { CheckKind } from '../../../src/domain/declared/check.js'
import type { FactsOf } from '../../../src/domain/declared/facts.js'
import type { RuleOf } from '../../../src/domain/declared/rule.js'
import { wellFacts } from '../../fakes/probes.js'
import { checkOf, kinds } from './checks.js'

const at = '2026-11-21T13:02:04.000Z'

function judged<Kind extends CheckKind>(
  kind: Kind,
  probed: Probed<FactsOf[Kind]>,
  changes: Parameters<typeof checkOf<Kind>>[1] = {},
) {
  const { name, severity, words, rule } = checkOf(kind, changes)
  const seen = { name, kind, severity, words, rule, probed } as DeclaredSeen
  const [finding] = judgeDeclared({ at, checks: [seen] })
  if (!finding) throw new Error('a finding')
  return finding
}

/** What is found where the facts are like that. */
function found<Kind extends CheckKind>(
  kind: Kind,
  facts: Partial<FactsOf[Kind]>,
  rule: Partial<RuleOf[Kind]> = {},
) {
  const whole = { ...wellFacts[kind], ...facts }
  const standard = checkOf(kind).rule
  const changes = { rule: { ...standard, ...rule } } as Parameters<typeof checkOf<Kind>>[1]
  return judged(kind, { state: 'seen', facts: whole }, changes)
}

const severityOf = (...given: Parameters<typeof found>) => found(...given).severity

describe('a declared check', () => {
  test.each(kinds)('%s is ok where all is well', (kind) => {
    expect(found(kind, {})).toMatchObject({
      id: `declared:${kind}`,
      severity: 'ok',
      value: { kind },
    })
  })

  test.each(kinds)('%s is unknown, never ok, where it could not be looked at', (kind) => {
    const refused = { state: 'refused', code: 'X', message: 'may not', next: ['do it'] } as const
    expect(judged(kind, refused)).toMatchObject({
      severity: 'unknown',
      because: 'may not',
      next: ['do it'],
      value: { kind, code: 'X' },
    })
    const unseen = { state: 'unseen', because: 'a bug' } as const
    expect(judged(kind, unseen)).toMatchObject({ severity: 'unknown', because: 'a bug' })
  })

  test.each(kinds)(
    '%s that is late is an answer only where somebody was asked to answer',
    (kind) => {
      const { severity, says, because } = judged(kind, { state: 'late', seconds: 5, note: 'left' })
      const mustAnswer = ['http', 'tcp', 'exec', 'certificate'].includes(kind)
      expect(severity).toBe(mustAnswer ? 'fail' : 'unknown')
      expect([says, because]).toEqual([`${kind} did not answer within 5 s`, 'left'])
    },
  )

  test('counts no worse than the operator says', () => {
    const facts = { ...wellFacts.exec, exitCode: 3 }
    expect(judged('exec', { state: 'seen', facts }, { severity: 'warn' }).severity).toBe('warn')
    expect(judged('exec', { state: 'seen', facts }).severity).toBe('fail')
    const unseen = { state: 'unseen', because: 'a bug' } as const
    expect(judged('exec', unseen, { severity: 'warn' }).severity).toBe('unknown')
  })

  test('speaks in the operator’s words, with what was seen as the reason', () => {
    const words = { says: 'orders do not arrive', next: ['call the shop'], prevention: 'a lock' }
    const seen = { state: 'seen', facts: { answered: false, because: 'refused' } } as const
    expect(judged('tcp', seen, { words })).toMatchObject({
      severity: 'fail',
      says: 'orders do not arrive',
      because: 'queue:9092 takes no connection: refused',
      next: ['call the shop'],
      value: { kind: 'tcp' },
      prevention: 'a lock',
    })
  })

  test('that could not be looked at is not told in words for something else', () => {
    const words = { says: 'orders do not arrive', next: ['call the shop'] }
    const finding = judged('tcp', { state: 'unseen', because: 'a bug' }, { words })
    expect(JSON.stringify(finding)).not.toMatch(/orders|shop/)
  })
})

describe('an address', () => {
  const answered = (facts: object, rule: Partial<RuleOf['http']> = {}) =>
    found('http', facts as Partial<FactsOf['http']>, rule)

  test('must answer, with a status that is wanted', () => {
    expect(answered({ answered: false, because: 'nobody' })).toMatchObject({ severity: 'fail' })
    expect(answered({ status: 500 }).severity).toBe('fail')
    expect(answered({ status: 204 }).severity).toBe('ok')
    expect(answered({ status: 204 }, { status: [200] }).severity).toBe('fail')
    expect(answered({ status: 401 }, { status: [401] }).severity).toBe('ok')
  })

  test('that sends elsewhere says so', () => {
    const finding = answered({ status: 302, redirects: true })
    expect(finding).toMatchObject({ severity: 'fail' })
    expect(finding.because).toContain('another address')
  })

  test('must hold what is looked for; what was not read to its end is not known', () => {
    expect(answered({ contains: false }).severity).toBe('fail')
    expect(answered({ contains: true, matches: false }).severity).toBe('fail')
    expect(answered({ contains: true, matches: true, unread: 'long' }).severity).toBe('ok')
    expect(answered({ matches: false, unread: 'long' }).severity).toBe('unknown')
  })

  test('may not be slow', () => {
    expect(answered({ milliseconds: 900 }, { maxMilliseconds: 800 }).severity).toBe('fail')
    expect(answered({ milliseconds: 800 }, { maxMilliseconds: 800 }).severity).toBe('ok')
  })
})

test('a port greets as expected, where that is asked', () => {
  expect(severityOf('tcp', { greeted: false } as Partial<FactsOf['tcp']>)).toBe('fail')
  expect(severityOf('tcp', { greeted: true } as Partial<FactsOf['tcp']>)).toBe('ok')
})

test('an exit code means what is declared; one that says "not started" means nothing', () => {
  const exits = { '0': 'ok', '1': 'warn', '2': 'fail', '3': 'unknown' } as const
  const meanings = [0, 1, 2, 3, 4].map((exitCode) => severityOf('exec', { exitCode }, { exits }))
  expect(meanings).toEqual(['ok', 'warn', 'fail', 'unknown', 'fail'])
  expect([126, 127].map((exitCode) => severityOf('exec', { exitCode }))).toEqual([
    'unknown',
    'unknown',
  ])
  expect(severityOf('exec', { exitCode: 127 }, { exits: { '127': 'fail' } })).toBe('fail')
})

describe('a log', () => {
  test('may say a thing so often, and no more', () => {
    expect(severityOf('log', { matching: 3 })).toBe('ok')
    const finding = found('log', { matching: 4 })
    expect(finding).toMatchObject({ severity: 'fail', value: { matching: 4, seconds: 600 } })
    expect(finding.next).toEqual(["ops stack logs api --since 600s --grep '^ERROR'"])
  })

  test('may not be silent', () => {
    const rule = { service: 'api', seconds: 600, min: 1 }
    const silent = (lines: number) =>
      judged('log', { state: 'seen', facts: { lines, matching: 0 } }, { rule })
    expect(silent(1).severity).toBe('ok')
    expect(silent(0)).toMatchObject({ severity: 'fail', because: 'it wrote nothing at all' })
  })
})

describe('the log of a container that was made anew', () => {
  const rule = { service: 'api', seconds: 3600, min: 2 }
  const young = (lines: number) =>
    judged('log', { state: 'seen', facts: { lines, matching: 0, coveredSeconds: 40 } }, { rule })

  test('cannot say that too little was written: what was written before went with the old one', () => {
    expect(young(0)).toMatchObject({ severity: 'unknown', value: { coveredSeconds: 40 } })
    expect(young(0).because).toContain('40 s')
  })

  test('says what it can: that enough was written, or too much', () => {
    expect(young(2).severity).toBe('ok')
    expect(severityOf('log', { matching: 4, coveredSeconds: 40 })).toBe('fail')
  })
})

describe('what is fresh', () => {
  const newest = (time: string | null, unseen = 0) =>
    found('freshness', { newest: time, unseen, found: time === null ? 0 : 1 })

  test('is young enough', () => {
    expect(newest('2026-11-21T12:02:04.000Z').severity).toBe('ok')
    expect(newest('2026-11-21T12:02:03.000Z').severity).toBe('fail')
    expect(newest(null).severity).toBe('fail')
  })

  test('is not what comes from the future', () => {
    expect(newest('2026-11-21T13:03:00.000Z').severity).toBe('ok')
    expect(newest('2026-11-21T13:03:05.000Z')).toMatchObject({
      severity: 'warn',
      next: ['timedatectl status'],
    })
  })

  test('is not known where something could not be looked into and nothing else is fresh', () => {
    expect(newest('2026-11-21T13:00:00.000Z', 1).severity).toBe('ok')
    expect(newest('2026-11-20T13:00:00.000Z', 1).severity).toBe('unknown')
    expect(newest(null, 1).severity).toBe('unknown')
  })
})

describe('a certificate', () => {
  const like = (facts: object) => found('certificate', facts as Partial<FactsOf['certificate']>)
  const inDays = (days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString()

  test.each([
    [22, 'ok'],
    [21, 'ok'],
    [20, 'warn'],
    [7, 'warn'],
    [6, 'fail'],
    [0, 'fail'],
    [-1, 'fail'],
  ])('that is valid for %i more days is %s', (days, severity) => {
    expect(like({ until: inDays(days) })).toMatchObject({ severity, value: { daysLeft: days } })
  })

  test('is worth nothing if it is trusted for another name, or bears the name and is not trusted', () => {
    expect(like({ named: false }).severity).toBe('fail')
    expect(like({ untrusted: 'self-signed' })).toMatchObject({
      severity: 'fail',
      because: 'self-signed',
    })
  })

  test('is worth nothing before its time', () => {
    expect(like({ from: inDays(1) }).severity).toBe('fail')
  })

  test('of which nothing is shown fails', () => {
    expect(like({ answered: false, because: 'refused' }).severity).toBe('fail')
  })
})

describe('a disk', () => {
  test('that has to be mounted and is not fails, whatever room there is above it', () => {
    const finding = judged('disk', { state: 'seen', facts: { mounted: false } })
    expect(finding).toMatchObject({ severity: 'fail', value: { mounted: false } })
    expect(finding.next[0]).toBe('mount /srv')
  })

  test.each([
    [79.9, 'ok'],
    [80, 'warn'],
    [90, 'fail'],
  ])('that is %f %% full is %s', (usedPercent, severity) => {
    expect(severityOf('disk', { usedPercent })).toBe(severity)
    expect(severityOf('disk', { usedFilesPercent: usedPercent })).toBe(severity)
  })

  test('may have too little room while most of it is free', () => {
    const freeBytes = { warn: 20e9, fail: 10e9 }
    expect(severityOf('disk', { freeBytes: 15e9 }, { freeBytes })).toBe('warn')
    expect(severityOf('disk', { freeBytes: 5e9 }, { freeBytes })).toBe('fail')
    expect(severityOf('disk', { freeBytes: 20e9 }, { freeBytes })).toBe('ok')
  })
})

test.each([
  ['loaded', 'active', 'active', 'ok'],
  ['loaded', 'inactive', 'active', 'fail'],
  ['loaded', 'activating', 'active', 'warn'],
  ['loaded', 'failed', 'active', 'fail'],
  ['loaded', 'inactive', 'not-failed', 'ok'],
  ['loaded', 'failed', 'not-failed', 'fail'],
  ['not-found', 'inactive', 'not-failed', 'fail'],
  ['masked', 'inactive', 'not-failed', 'fail'],
] as const)(
  'a unit that is %s and %s, and expected to be %s, is %s',
  (load, active, expects, severity) => {
    expect(severityOf('systemd', { load, active, sub: 'dead' }, { expects })).toBe(severity)
  },
)

test('a unit that ends and is started again and again is no unit that works', () => {
  for (const expects of ['active', 'not-failed'] as const) {
    const facts = { load: 'loaded', active: 'activating', sub: 'auto-restart' }
    expect(severityOf('systemd', { ...facts, result: 'exit-code' }, { expects })).toBe('fail')
    const starting = { ...facts, sub: 'start' }
    expect(severityOf('systemd', { ...starting, result: 'success' }, { expects })).not.toBe('fail')
  }
})

describe('a query', () => {
  const counted = (count: number, exists = true) => found('query', { count, exists })

  test('matches as many documents as it should', () => {
    expect([0, 1, 100, 101].map((count) => counted(count).severity)).toEqual([
      'fail',
      'ok',
      'ok',
      'fail',
    ])
  })

  test('of a collection that is not there is never ok', () => {
    expect(counted(0, false).severity).toBe('fail')
    const rule = { what: 'medical_records.visits', max: 100 }
    const none = { state: 'seen', facts: { count: 0, exists: false } } as const
    expect(judged('query', none, { rule }).severity).toBe('unknown')
  })

  test('tells nothing of the documents, nor of the query', () => {
    expect(JSON.stringify(counted(500))).not.toContain('Ada')
  })
})
