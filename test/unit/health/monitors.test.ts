import { describe, expect, test } from 'vitest'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import { pluginAnswer } from '../../../src/cli/pluginAnswer.js'
import { pluginFailure, pluginOutput } from '../../../src/report/nagios.js'
import { exposition } from '../../../src/report/prometheus.js'
import { readExposition } from '../../support/exposition.js'
import { fakeDoor } from '../cli/door.js'
import { aHospital, at } from './scene.js'

type Severity = 'ok' | 'warn' | 'fail' | 'unknown'

const check = (id: string, severity: Severity, value?: unknown) => ({
  id,
  severity,
  says: 'it is so',
  ...(value === undefined ? {} : { value }),
})

const healthOf = (checks: ReturnType<typeof check>[]) => ({
  ...judgeHealth(aHospital()),
  checks: checks.map((one) => ({ ...one, because: '', next: [] })),
})

describe('for a monitor of the Nagios kind', () => {
  test('the worst state decides, and what is unknown only where nothing is worse', () => {
    const code = (...severities: readonly Severity[]) =>
      pluginOutput(severities.map((severity, index) => check(index.toString(), severity))).exitCode
    expect(code('ok', 'ok')).toBe(0)
    expect(code('ok', 'warn', 'unknown')).toBe(1)
    expect(code('unknown', 'warn', 'fail')).toBe(2)
    expect(code('ok', 'unknown')).toBe(3)
    expect(pluginFailure('no ops.yaml').exitCode).toBe(3)
  })

  test('it is one line, with one bar, and figures as the guidelines write them', () => {
    const { line } = pluginOutput([
      { ...check('web', 'fail'), says: 'a | b\nc\u001b[31m' },
      check("it's=x", 'ok', { seconds: 12.5, bytes: 4e21, current: 3 }),
      check('mongo:a:ping', 'ok', { milliseconds: 2 }),
    ])
    expect(line).not.toMatch(/[\n\u001b]/)
    expect(line.split('|')).toHaveLength(2)
    expect(line).toMatch(/^OPS CRITICAL - web: a \/ b c/)
    const figures = (line.split('| ')[1] ?? '').match(/'[^']*'=\S+/g) ?? []
    expect(figures.join(' ')).toBe(line.split('| ')[1])
    for (const figure of figures)
      expect(figure).toMatch(/^'[^'=|]+'=-?\d+(\.\d+)?(s|ms|B|%|)(;[\d.]*){0,4}$/)
    expect(figures).toContain("'mongo:a:ping:milliseconds'=2ms")
    expect(figures).toContain("'fail'=1;;;0;3")
  })

  test('a file that could not be written is a warning, and hides nothing that is worse', () => {
    const answered = (severity: Severity) => {
      const { door, written } = fakeDoor()
      const health = { ...healthOf([check('web', severity)]) }
      pluginAnswer(health, ['/x/ops.prom cannot be written'], door)
      const code = process.exitCode
      process.exitCode = 0
      return [code, written.stdout.split(' - ')[0]]
    }
    expect(answered('ok')).toEqual([1, 'OPS WARNING'])
    expect(answered('fail')).toEqual([2, 'OPS CRITICAL'])
  })

  test('saved evidence that is old is never ok', () => {
    const answered = (ageSeconds: number) => {
      const { door } = fakeDoor()
      const from = {
        file: 'f',
        stack: 's',
        at,
        ageSeconds,
        savedBy: '1',
        judgedBy: '1',
        wanted: [],
      }
      pluginAnswer({ ...healthOf([check('web', 'ok')]), from }, [], door)
      const code = process.exitCode
      process.exitCode = 0
      return code
    }
    expect([answered(60), answered(7_200), answered(-7_200)]).toEqual([0, 3, 3])
  })

  test('what is wrong is told first, and bounded', () => {
    const many = Array.from({ length: 9 }, (_, index) => check(`a${index.toString()}`, 'warn'))
    const { line } = pluginOutput([...many, check('b', 'fail')])
    expect(line).toMatch(/^OPS CRITICAL - b: it is so; .*, and 7 more \|/)
  })
})

describe('for Prometheus', () => {
  const health = {
    verdict: 'fail' as const,
    at,
    stack: 'a "b" \\ c\nd',
    checks: [
      check('mongo:medical:ping', 'ok', { milliseconds: 2 }),
      check('rpo:medical', 'fail', { seconds: 400, operations: 3 }),
      check('memory:host', 'unknown'),
    ],
  }

  test('it is what the format allows, labels and all', () => {
    const samples = readExposition(exposition(health, {}))
    const of = (name: string, id?: string) =>
      samples.find((one) => one.name === name && one.labels['check'] === id)
    expect(of('ops_health_status')).toMatchObject({ value: 3, labels: { stack: health.stack } })
    expect(of('ops_health_check_status', 'rpo:medical')?.value).toBe(3)
    expect(of('ops_health_check_status', 'memory:host')?.value).toBe(2)
    expect(of('ops_health_response_seconds', 'mongo:medical:ping')?.value).toBeCloseTo(0.002)
    expect(of('ops_health_seconds', 'rpo:medical')?.value).toBe(400)
    expect(of('ops_health_last_run_timestamp_seconds')?.value).toBe(Date.parse(at) / 1000)
  })

  test('it tells when each check was last ok: now, before, or never', () => {
    const samples = readExposition(
      exposition(health, { 'rpo:medical': '2026-11-21T10:00:00.000Z' }),
    )
    const times = Object.fromEntries(
      samples
        .filter(({ name }) => name === 'ops_health_check_last_ok_timestamp_seconds')
        .map(({ labels, value }) => [labels['check'] ?? '', value] as const),
    )
    expect(times).toEqual({
      'mongo:medical:ping': Date.parse(at) / 1000,
      'rpo:medical': Date.parse('2026-11-21T10:00:00.000Z') / 1000,
    })
  })

  test('the reader of these tests takes nothing that the format does not allow', () => {
    for (const wrong of [
      'a 1',
      '# TYPE a gauge\na{b="c} 1\n',
      '# TYPE a gauge\na{b="\\x"} 1\n',
      '# TYPE a gauge\na 1\na 1\n',
      'a 1\n',
      '# TYPE a gauge\na  1\n',
      '# TYPE a gauge\n# TYPE b gauge\nb 1\n# HELP a x\na 1\n',
    ])
      expect(() => readExposition(wrong), wrong).toThrow()
  })
})
