import { describe, expect, test } from 'vitest'
import { checksOf } from '../../../src/checks/troubleshoot/declared.js'
import { chooseSymptom } from '../../../src/cli/chooseSymptom.js'
import type { DeclaredSymptom } from '../../../src/domain/declaredSymptom.js'
import type { Severity } from '../../../src/domain/finding.js'
import { judged, refusedBy, saw } from './scene.js'

const symptom = (changes: Partial<DeclaredSymptom> = {}): DeclaredSymptom => ({
  name: 'no-orders',
  says: 'customers cannot order',
  severity: 'fail',
  match: 'all',
  when: [
    { check: 'declared:shop', is: 'fail' },
    { check: 'disk', is: 'warn' },
  ],
  next: ['call the shop'],
  ...changes,
})

const finding = (id: string, severity: Severity) => ({
  id,
  severity,
  says: `${id} says`,
  because: 'it was looked at',
  next: [`look at ${id}`],
})

const found = (shop: Severity, disk: Severity, changes: Partial<DeclaredSymptom> = {}) =>
  judged({
    declared: [symptom(changes)],
    checks: saw([finding('declared:shop', shop), finding('disk:shelf', disk)]),
  })

describe('a symptom of the operator', () => {
  test('applies where all that it is told by is so, with the evidence and what to type', () => {
    const { symptoms, verdict } = found('fail', 'warn')
    expect(verdict).toBe('fail')
    expect(symptoms).toMatchObject([
      {
        symptom: 'declared:no-orders',
        cause: 'no-orders',
        severity: 'fail',
        says: 'customers cannot order',
        because: [
          'declared:shop: fail: declared:shop says (it was looked at)',
          'disk:shelf: warn: disk:shelf says (it was looked at)',
        ],
        next: ['call the shop'],
        fix: null,
      },
    ])
  })

  test('is clear where one of them is not, or with "any" none', () => {
    expect(found('warn', 'warn').clear).toContain('declared:no-orders')
    expect(found('fail', 'ok').symptoms).toEqual([])
    expect(found('ok', 'ok', { match: 'any' }).symptoms).toEqual([])
    expect(found('ok', 'fail', { match: 'any', next: [] }).symptoms).toMatchObject([
      { next: ['look at disk:shelf'] },
    ])
  })

  test('is not known where that could not be looked at, and decides', () => {
    const blind = found('fail', 'unknown')
    expect(blind).toMatchObject({ verdict: 'warn', symptoms: [{ severity: 'unknown' }] })
    expect(blind.clear).not.toContain('declared:no-orders')
    expect(found('ok', 'unknown').symptoms).toEqual([])
    expect(found('fail', 'unknown', { match: 'any' }).verdict).toBe('fail')
    expect(judged({ declared: [symptom()], checks: saw([]) }).verdict).toBe('warn')
    const refused = refusedBy('BROKEN', 'nobody answered')
    expect(judged({ declared: [symptom()], checks: refused }).symptoms).toMatchObject([
      { cause: 'not-seen', because: ['nobody answered'] },
    ])
  })

  test('is told by that very check and what is below it, not by one that begins like it', () => {
    const told = (id: string, check: string, severity: Severity = 'fail') =>
      judged({
        declared: [symptom({ when: [{ check, is: 'fail' }] })],
        checks: saw([finding(id, severity)]),
      }).symptoms.map((one) => one.severity)
    expect(told('declared:shop', 'declared:shop')).toEqual(['fail'])
    expect(told('declared:shop-admin', 'declared:shop')).toEqual(['unknown'])
    expect(told('mongo:medical:ping', 'mongo:medical')).toEqual(['fail'])
    expect(told('mongo:medical2:ping', 'mongo:medical')).toEqual(['unknown'])
    expect(told('disk:shelf', 'disk:shelf:forecast')).toEqual(['unknown'])
    expect(told('declared', 'declared:shop', 'unknown')).toEqual(['unknown'])
  })

  test('asks for built-in checks by their kind: a container that is not there hides nothing else', () => {
    const when = ['container:nobody', 'declared:shop', 'mongo:medical:ping', 'mongo'].map(
      (check) => ({ check, is: 'fail' as const }),
    )
    expect(checksOf([symptom({ when })])).toEqual(['container', 'declared:shop', 'mongo'])
  })

  test('may ask for what could not be looked at', () => {
    const when = [{ check: 'disk', is: 'unknown' as const }]
    expect(found('ok', 'unknown', { when, severity: 'warn' })).toMatchObject({
      verdict: 'warn',
      symptoms: [{ severity: 'warn' }],
    })
  })

  test('is asked for by its name, and nothing else is told then', () => {
    const config = { symptoms: [symptom()] }
    expect(chooseSymptom('no-orders', config)).toBe('declared:no-orders')
    expect(chooseSymptom('declared:no-orders', config)).toBe('declared:no-orders')
    expect(chooseSymptom('disk', config)).toBe('disk')
    expect(chooseSymptom(undefined, config)).toBeUndefined()
    expect(() => chooseSymptom('no-order', config)).toThrow(
      expect.objectContaining({ code: 'SYMPTOM_UNKNOWN', kind: 'usage' }),
    )
    const checks = saw([finding('declared:shop', 'ok'), finding('disk:shelf', 'ok')])
    const asked = judged({ declared: [symptom()], checks, targets: [] }, 'declared:no-orders')
    expect(asked.clear).toEqual(['declared:no-orders'])
    expect(checksOf([symptom(), symptom({ name: 'other' })])).toEqual(['declared:shop', 'disk'])
  })
})
