import { describe, expect, test } from 'vitest'
import { judgeDeclared } from '../../../src/checks/declared/judge.js'
import type { FactsOf } from '../../../src/domain/declared/facts.js'
import type { Severity } from '../../../src/domain/finding.js'
import type { Expectation } from '../../../src/domain/target.js'
import { lookAtData } from '../../../src/procedures/declared/lookAtData.js'
import { probeAll } from '../../../src/procedures/declared/probeAll.js'
import { fakeProbes } from '../../fakes/probes.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { checkOf } from './checks.js'

const visits = 'medical_records.visits'
const rule = { what: visits, target: 'medical' }
const calm = new AbortController().signal

const one = (severity: Severity, id = 'documents') => ({
  id: `${visits}.${id}`,
  namespace: visits,
  severity,
  says: `${id} is ${severity}`,
  because: '',
  next: ['ops data check'],
  value: { documents: 3 },
})

function judged(findings: FactsOf['data']['findings'], worst: 'warn' | 'fail' = 'fail') {
  const { name, kind, words } = checkOf('data')
  const probed = { state: 'seen', facts: { findings } } as const
  const seen = { name, kind, words, rule, severity: worst, probed }
  const [finding] = judgeDeclared({ at: '2026-11-21T14:00:00.000Z', checks: [seen] })
  return finding
}

describe('judging a check of data', () => {
  test('counts as the worst of all that was found', () => {
    const severityOf = (...all: readonly Severity[]) =>
      judged(all.map((each) => one(each)))?.severity
    expect(severityOf('ok', 'ok')).toBe('ok')
    expect(severityOf('ok', 'unknown')).toBe('unknown')
    expect(severityOf('unknown', 'warn', 'ok')).toBe('warn')
    expect(severityOf('warn', 'unknown', 'fail')).toBe('fail')
    expect(severityOf()).toBe('unknown')
    expect(judged([one('fail')], 'warn')?.severity).toBe('warn')
  })

  test('names all that is wrong, and how much was not looked at', () => {
    const found = judged([one('fail', 'a'), one('fail', 'b'), one('unknown', 'c'), one('ok', 'd')])
    expect(found?.says).toContain('a is fail')
    expect(found?.because).toContain('b is fail')
    expect(found?.because).toContain('1 more could not be looked at')
    expect(found?.value).toMatchObject({ kind: 'data', held: 4, ok: 1 })
  })

  test('leads from documents that share a key to the command that explains and removes them', () => {
    expect(judged([one('fail', 'unique.name,born at')])?.next[0]).toBe(
      `ops troubleshoot duplicates --collection ${visits} --by 'name,born at' --target medical`,
    )
  })
})

describe('looking at data for a check', () => {
  function scene(expected: Expectation, documents: readonly Record<string, unknown>[]) {
    const { world, server } = fakeWorld()
    server.collection('medical_records', 'visits', [...documents])
    const probe = {
      target: 'medical',
      expectations: { [visits]: expected },
      exact: false,
      limitMilliseconds: 30_000,
    }
    const data = lookAtData({ medical }, world)
    const check = checkOf('data', { probe, rule })
    const found = async () => {
      const probes = { ...fakeProbes(), data }
      const [finding] = judgeDeclared(await probeAll([check], { clock: world.clock, probes }, calm))
      return finding
    }
    return { server, probe, data, found }
  }

  const named = [
    { _id: 1, name: 'Ada', age: 1 },
    { _id: 2, name: 'Ada', age: 2 },
    { _id: 3, age: 3 },
    { _id: 4, age: 4 },
  ]

  test('finds documents of the same name, tells numbers alone, and samples nothing', async () => {
    const { found, server } = scene({ unique: ['name'] }, named)
    const finding = await found()
    expect(finding?.severity).toBe('fail')
    expect(finding?.value).toMatchObject({
      findings: [{ value: { documents: 4, withoutKey: 2, groups: 1, surplus: 1 } }],
    })
    expect(JSON.stringify(finding)).not.toContain('Ada')
    expect(server.data.asked).toEqual(['tally visits', 'duplicates visits'])
  })

  test('is well where each key is there once, and fails for what is missing or too few', async () => {
    expect((await scene({ unique: ['age'] }, named).found())?.severity).toBe('ok')
    expect((await scene({ required: ['name'] }, named).found())?.severity).toBe('fail')
    expect((await scene({ documents: { min: 5 } }, named).found())?.severity).toBe('fail')
  })

  test('knows nothing of what could not be read, or is too large to be read in full', async () => {
    const slow = scene({ unique: ['name'] }, named)
    slow.server.data.slow = true
    expect(await slow.found()).toMatchObject({
      severity: 'unknown',
      next: ['raise the timeout of the check in ops.yaml'],
    })
    const large = new Array<Record<string, unknown>>(1_000_001).fill({})
    expect((await scene({ unique: ['name'] }, large).found())?.severity).toBe('unknown')
  })

  test('of a collection that is gone fails, of a target that is not there is refused', async () => {
    const { probe, data } = scene({ unique: ['name'] }, named)
    const expectations = { 'medical_records.gone': { unique: ['name'] } }
    const { findings } = await data({ ...probe, expectations }, calm)
    expect(findings.map(({ severity }) => severity)).toEqual(['fail'])
    await expect(data({ ...probe, target: 'x' }, calm)).rejects.toMatchObject({
      code: 'TARGET_UNKNOWN',
      kind: 'not-found',
    })
  })
})
