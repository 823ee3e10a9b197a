import { describe, expect, test } from 'vitest'
import { judgeCopies, judgePlace } from '../../../src/checks/doctor/copies.js'
import type { PlaceEvidence } from '../../../src/checks/doctor/evidence.js'
import type { CopyState } from '../../../src/domain/copy.js'
import { folder, lastNight, place, refusal, saw, silence, told } from './scene.js'

const at = '2026-11-21T02:00:09.000Z'
const ok = (to: string): CopyState => ({ to, state: 'ok', at })
const failed = (to: string, because: string): CopyState => ({ to, state: 'failed', at, because })

/** The finding for a newest good backup with these copies; shelf on device 2, data on device 1. */
function judged(
  places: readonly PlaceEvidence[],
  copies: readonly CopyState[],
  data: readonly number[] = [1],
) {
  const newestGood = { ...lastNight, copies }
  const [finding] = judgeCopies(
    {
      name: 'medical',
      catalog: saw({ count: 1, newest: newestGood, newestGood, unreadable: [] }),
      shelf: saw(folder({ device: 2 })),
      dataDevices: saw(data),
    },
    places,
  )
  return finding
}
const usb = (changes = {}) =>
  place('usb', { elsewhere: false, because: 'a disk', device: 7, ...changes }, 'directory')

describe('3-2-1', () => {
  test('holds with a copy in a service elsewhere', () => {
    expect(judged([place()], [ok('offsite')])).toMatchObject({
      id: 'medical.copies',
      severity: 'ok',
      value: { copies: 3, media: 3, elsewhere: 1 },
    })
  })

  test('holds with a network drive, where nothing is known of the disk of the data', () => {
    expect(judged([usb({ elsewhere: true })], [ok('usb')], [])).toMatchObject({
      severity: 'ok',
      value: { copies: 3, media: 2, elsewhere: 1 },
    })
  })

  test('does not with a disk of this machine alone: nothing is elsewhere', () => {
    expect(judged([usb()], [ok('usb')])).toMatchObject({
      severity: 'warn',
      value: { copies: 3, elsewhere: 0 },
    })
  })

  test('does not without places, and says where to name one', () => {
    expect(judged([], [])).toMatchObject({
      severity: 'warn',
      because: `${lastNight.id}: 2 copies with the live data, 2 media, 0 elsewhere`,
      next: ['backup.copies in ops.yaml'],
    })
  })

  test('does not where the copy failed, and says why and how to bring it', () => {
    const finding = judged([place()], [failed('offsite', 'there is no bucket')])
    expect(finding).toMatchObject({
      severity: 'warn',
      next: ['ops backup copy --target medical'],
    })
    expect(finding?.because).toContain('not in offsite: there is no bucket')
  })

  test('does not count copies in places that ops.yaml names no longer, nor one that cannot be looked at as elsewhere', () => {
    expect(judged([place('new')], [ok('offsite')])).toMatchObject({ value: { copies: 2 } })
    expect(judged([{ ...place(), probe: silence }], [ok('offsite')])).toMatchObject({
      severity: 'warn',
      value: { elsewhere: 0 },
    })
  })

  test('is not judged without a good backup: that is worse, and said elsewhere', () => {
    const nothing = { name: 'medical', shelf: silence, dataDevices: silence, catalog: silence }
    expect(judgeCopies(nothing, [])).toEqual([])
  })
})

describe('a place for copies', () => {
  test('is fine, doubtful, broken or not known', () => {
    expect(told(judgePlace(place()))).toBe('ok: the place "offsite" for copies can be written to')
    expect(judgePlace(usb({ doubts: ['requireMount is false'] }))).toMatchObject({
      severity: 'warn',
      because: 'requireMount is false',
    })
    expect(judgePlace({ ...place(), probe: refusal('COPY_KEY_REFUSED') })).toMatchObject({
      severity: 'fail',
      because: 'COPY_KEY_REFUSED happened',
      value: { code: 'COPY_KEY_REFUSED' },
    })
    expect(judgePlace({ ...place(), probe: silence }).severity).toBe('unknown')
  })
})
