import { describe, expect, test } from 'vitest'
import { found } from '../../../src/checks/troubleshoot/found.js'
import type { Troubles } from '../../../src/checks/troubleshoot/judge.js'
import { afterFix, findTroubles, fixRequest } from '../../../src/cli/troubleshoot.js'
import { compression } from '../../fakes/world.js'
import { bedside } from '../troubleshoot/world.js'

const fix = {
  kind: 'service' as const,
  service: 'mongodb',
  title: 'start mongodb',
  cure: 'start' as const,
}
const stopped = found('connection', 'fail', 'database-stopped', {
  about: 'mongodb',
  says: 'mongodb ended',
  fix,
})
const old = found('stale', 'fail', 'backup-too-old', { says: 'too old', next: ['ops backup'] })
const troubles = (...symptoms: Troubles['symptoms']): Troubles => ({
  verdict: 'fail',
  symptoms,
  clear: [],
  at: '2026-11-21T14:00:00.000Z',
})
const rest = { targets: [], timeoutSeconds: 10, compression }

describe('what is put right', () => {
  test('is the most likely that ops can do something about', () => {
    expect(fixRequest(troubles(old, stopped), undefined, rest)).toMatchObject({ fix })
    expect(fixRequest(troubles(), undefined, rest)).toBeUndefined()
  })

  test('is nothing where all of it is for people, and they are told what to type', () => {
    expect(() => fixRequest(troubles(old), undefined, rest)).toThrow(
      expect.objectContaining({ code: 'NOT_FIXABLE', kind: 'refused', next: ['ops backup'] }),
    )
  })

  const missed = found('slow', 'warn', 'missing-index', {
    says: 'slow',
    fix: { kind: 'index', title: 'build', target: 'medical', namespace: 'a.b', field: 'c' },
  })

  test('is anything but a start only where that symptom was named', () => {
    const refused = expect.objectContaining({ code: 'NOT_FIXABLE' }) as Error
    expect(() => fixRequest(troubles(missed), undefined, rest)).toThrow(refused)
    expect(() => fixRequest(troubles(missed), 'lock', rest)).toThrow(refused)
    expect(fixRequest(troubles(missed), 'slow', rest)).toMatchObject({ fix: missed.fix })
    const ill = { ...stopped, fix: { ...fix, cure: 'recreate' as const } }
    expect(() => fixRequest(troubles(ill), undefined, rest)).toThrow(refused)
  })

  test('is never what removes documents of a target that only came first', () => {
    const twice = (target: string) =>
      found('duplicates', 'warn', 'equal-documents', {
        about: target,
        says: 'twice',
        fix: { kind: 'duplicates', title: 'remove', target, namespace: 'a.b', fields: [] },
      })
    const [one, other] = [twice('medical'), twice('trial')]
    expect(fixRequest(troubles(one), 'duplicates', rest)).toMatchObject({ fix: one.fix })
    expect(() => fixRequest(troubles(one, other), 'duplicates', rest)).toThrow(
      expect.objectContaining({ code: 'TARGET_REQUIRED', kind: 'usage' }),
    )
  })

  test('is nothing that somebody may have done on purpose, unless the symptom is named', () => {
    const meant = { ...stopped, fix: { ...fix, perhapsMeant: true as const } }
    expect(() => fixRequest(troubles(meant), undefined, rest)).toThrow(
      expect.objectContaining({
        code: 'NOT_FIXABLE',
        next: ['ops troubleshoot connection --fix'],
      }),
    )
    expect(fixRequest(troubles(meant), 'connection', rest)).toMatchObject({ fix: meant.fix })
    const paused = { ...stopped, fix: { ...fix, cure: 'unpause' as const } }
    expect(() => fixRequest(troubles(paused), undefined, rest)).toThrow()
  })

  test('is nothing doubtful while a fault is there that is for people', () => {
    expect(() => fixRequest(troubles(old, missed), 'slow', rest)).toThrow(
      expect.objectContaining({ code: 'NOT_FIXABLE' }),
    )
  })

  const fixed = {
    cause: 'database-stopped',
    about: 'mongodb',
    title: fix.title,
    did: {},
    receipt: 'r',
  }

  test('is told with what still applies', () => {
    expect(afterFix(fixed, troubles(old))).toMatchObject({ fixed, symptoms: [old] })
  })

  test('is no success where it is there as before', () => {
    expect(() => afterFix(fixed, troubles(stopped))).toThrow(
      expect.objectContaining({ code: 'FIX_WITHOUT_EFFECT', facts: { receipt: 'r' } }),
    )
  })
})

describe('a collection to search', () => {
  test.each([
    ['with another symptom', 'slow' as const, 'a.b', undefined],
    ['without its database', 'duplicates' as const, 'visits', undefined],
    ['without itself', 'duplicates' as const, undefined, 'name'],
    ['by a key that a shell made shorter', 'duplicates' as const, 'a.b', 'name,'],
    ['by nothing', 'duplicates' as const, 'a.b', ''],
    ['by a variable of the server', 'duplicates' as const, 'a.b', '$NOW'],
  ])('%s is refused', async (_, symptom, collection, by) => {
    const { world } = bedside()
    const signal = new AbortController().signal
    const config = { objectives: { backupAgeSeconds: 1 }, pitr: { everySeconds: 1 }, symptoms: [] }
    const reading = { config }
    const check = () => Promise.resolve([])
    const asked = { symptom, collection, by, targets: [], signal, check, reading: reading as never }
    await expect(findTroubles(asked, world)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
