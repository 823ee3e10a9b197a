import { describe, expect, test } from 'vitest'
import type { NewestSeen } from '../../../src/checks/troubleshoot/evidence.js'
import { blindly, judged, only, saw, target } from './scene.js'

const good = { id: 'medical-20261121T020000Z', takenAt: '2026-11-21T02:00:00.000Z' }
const newer = (changes: Partial<NewestSeen>): NewestSeen => ({
  id: 'medical-20261121T100000Z',
  takenAt: '2026-11-21T10:00:00.000Z',
  trust: 'sound',
  present: true,
  ...changes,
})
const shelf = (changes: Parameters<typeof target>[0]) => judged({ targets: [target(changes)] })

describe('the newest backup', () => {
  test.each([
    ['backup-damaged', newer({ trust: 'damaged' })],
    ['backup-unverified', newer({ trust: 'unverified' })],
    ['backup-file-missing', newer({ present: false, trust: 'damaged' })],
  ])('%s is a warning where another is good, and a fault where none is', (cause, newest) => {
    const before = shelf({ newest, newestGood: saw(good) })
    expect(before.causes).toEqual([cause])
    expect(only(before.symptoms, cause).severity).toBe('warn')
    const alone = shelf({ newest, newestGood: saw(null) })
    expect(alone.causes).toEqual([cause])
    expect(only(alone.symptoms, cause).severity).toBe('fail')
  })

  test('is not judged where it is good', () => {
    expect(shelf({ newest: newer({}), newestGood: saw(good) }).causes).toEqual([])
  })

  test('that was written to may be damaged or not: what would tell is named', () => {
    const { symptoms, verdict } = shelf({ newestGood: saw({ ...good, changed: true }) })
    expect(verdict).toBe('warn')
    const { severity, candidates, next } = only(symptoms, 'backup-changed')
    expect(severity).toBe('unknown')
    for (const candidate of candidates) expect(candidate).toHaveProperty('needs')
    expect(next).toEqual([`ops backup verify ${good.id}`])
  })
})

describe('copies', () => {
  const place = (held: readonly string[]) => ({
    name: 'usb',
    tried: saw(true as const),
    holds: { medical: held },
  })

  test('of the newest good backup are looked for where they should be', () => {
    expect(judged({ places: [place([good.id])] }).causes).toEqual([])
    const { symptoms } = judged({ places: [place(['medical-20261120T020000Z'])] })
    expect(only(symptoms, 'copy-missing')).toMatchObject({
      severity: 'warn',
      about: 'medical',
      next: ['ops backup copy --target medical'],
    })
  })

  test('are not called missing where nobody could look', () => {
    expect(judged({ places: [{ name: 'usb', tried: blindly }] }).causes).toEqual(['not-seen'])
  })
})

describe('the certificate of a server', () => {
  const until = (validTo: string) =>
    shelf({ certificate: saw({ subject: 'mongodb', validTo }) }).symptoms

  test('is good, ends soon, ends in days, has ended', () => {
    expect(until('2027-11-21T14:00:00.000Z')).toEqual([])
    expect(only(until('2026-12-10T14:00:00.000Z'), 'certificate-expires').severity).toBe('warn')
    expect(only(until('2026-11-23T14:00:00.000Z'), 'certificate-expires').severity).toBe('fail')
    expect(only(until('2026-11-20T14:00:00.000Z'), 'certificate-over')).toMatchObject({
      severity: 'fail',
      also: ['connection'],
    })
  })

  test('is unknown where nobody could look, and no matter without TLS', () => {
    expect(shelf({ certificate: saw(null) }).causes).toEqual([])
    expect(shelf({ certificate: blindly }).causes).toEqual(['not-seen'])
  })
})
