import { describe, expect, test } from 'vitest'
import stringWidth from 'string-width'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import type { HealthEvidence } from '../../../src/checks/health/evidence.js'
import { healthScreen } from '../../../src/report/health.js'
import { uptimeScreen } from '../../../src/report/uptime.js'
import { blindly, saw } from '../status/scene.js'
import { aContainer, aHospital, at, aTarget } from './scene.js'

const canvas = (columns: number, changes = {}) => ({
  color: false,
  terminal: true,
  columns,
  now: new Date(at),
  ...changes,
})

const drawn = (evidence: HealthEvidence, columns = 80, changes = {}) =>
  healthScreen(judgeHealth(evidence), canvas(columns, changes))

const ill = () =>
  aHospital({
    containers: saw([aContainer({ state: 'paused' })]),
    engine: blindly,
    targets: [
      aTarget({ long: saw([{ id: '12', kind: 'query', namespace: 'a.b', seconds: 400 }]) }),
    ],
  })

const escaped = /\u001b/

describe('where all is well', () => {
  test('three lines say so, at any width', () => {
    for (const columns of [40, 80]) {
      const lines = drawn(aHospital(), columns).split('\n')
      expect(lines).toHaveLength(3)
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
    }
    const [first, second, third] = drawn(aHospital()).split('\n')
    expect(first).toMatch(/^GOOD {2}\d+ checks$/)
    expect(second).toContain('1 up, servers answer in 2 ms')
    expect(third).toContain('backup 12 h, RPO 47 s, RTO 41 min')
  })
})

describe('where something is not', () => {
  test('problems come first, the worst of all, each with what to type', () => {
    const lines = drawn(ill()).split('\n')
    expect(lines[0]).toMatch(/^FAILING {2}2 problems, \d+ warnings, \d+ checks$/)
    expect(lines[1]).toMatch(/^fail {5}engine: /)
    expect(drawn(ill())).toContain('→ ops dr container mongodb')
    const severities = lines.flatMap((line) => /^(fail|warn|unknown)\b/.exec(line)?.[1] ?? [])
    expect(severities).toEqual(
      severities.toSorted((one, other) => {
        const order = ['fail', 'warn', 'unknown']
        return order.indexOf(one) - order.indexOf(other)
      }),
    )
  })

  test('what could not be seen for a reason that is told already is counted alone', () => {
    const text = drawn(ill())
    expect(text.match(/no answer within 10 s/g)).toHaveLength(1)
    expect(text).toMatch(/\d checks? unknown for the same reason/)
  })

  test('no line is wider than the columns, but for words that cannot be broken', () => {
    for (const columns of [40, 80])
      for (const line of drawn(ill(), columns).split('\n'))
        if (!line.includes('→') && !/\S{25}/.test(line))
          expect(stringWidth(line), line).toBeLessThanOrEqual(columns)
  })

  test('colour is there where it is asked for, and nothing else of a terminal in a pipe', () => {
    expect(drawn(ill(), 80, { color: true })).toMatch(escaped)
    expect(drawn(ill(), 80, { terminal: false })).not.toMatch(escaped)
  })
})

test('saved evidence is said to be that: whose, of when, by which ops, and of what part', () => {
  const from = {
    file: 'seen.json',
    stack: 'hospital',
    at,
    ageSeconds: 3 * 86_400,
    savedBy: '0.1.0',
    judgedBy: '0.2.0',
    wanted: ['mongo'],
  }
  const now = new Date(Date.parse(at) + 3 * 86_400_000)
  for (const columns of [40, 80]) {
    const health = { ...judgeHealth(aHospital()), from }
    const lines = healthScreen(health, canvas(columns, { now })).split('\n')
    const first = lines
      .slice(
        0,
        lines.findIndex((line) => line.startsWith('GOOD')),
      )
      .join(' ')
    expect(first).toBe(
      `seen.json: evidence of hospital, seen 3 days ago (${at}), saved by ops 0.1.0, judged by ops 0.2.0; looked at was mongo alone`,
    )
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
  }
})

test('uptime is a row for each check, never rounded up to all of it', () => {
  const report = {
    since: '2026-11-14T14:00:00.000Z',
    until: at,
    watched: 0.99999,
    checks: [
      { id: 'engine', up: 1, failingSeconds: 0, runs: 9, changes: 0, lastOk: at },
      { id: 'rpo:medical', up: 0.99999, failingSeconds: 6, runs: 9, changes: 2, lastOk: null },
      { id: 'rto:medical', up: null, failingSeconds: 0, runs: 1, changes: 0, lastOk: null },
    ],
  }
  const text = uptimeScreen(report, canvas(80))
  expect(text).toContain('99.99 %')
  expect(text.match(/100 %/g)).toHaveLength(1)
  expect(uptimeScreen({ ...report, checks: [] }, canvas(80))).toMatch(/^No run/)
})
