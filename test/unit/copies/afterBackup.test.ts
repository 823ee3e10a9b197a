import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

const request = { target: medical, compression, safety: false }
const full = new Failure('space', 'COPY_FULL', 'no space is left for /mnt/usb', ['df -h /mnt/usb'])

function hospital() {
  const scene = fakeWorld()
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }, { _id: 2 }])
  const [usb, offsite] = [new FakePlace('usb'), new FakePlace('offsite')]
  const world = { ...scene.world, copies: [usb, offsite] }
  const backUp = async () => carriedOut(await takeBackup.plan(request, world), world)
  return { ...scene, world, usb, offsite, backUp }
}

describe('a backup with places for copies', () => {
  test('says in its plan where it will be copied to', async () => {
    const { world } = hospital()
    const plan = await takeBackup.plan(request, world)
    expect(plan.facts).toContainEqual(['Copy to', 'usb (/mnt/usb)'])
    expect(plan.steps.map(({ title }) => title).slice(-2)).toEqual([
      'Copy it to usb',
      'Copy it to offsite',
    ])
  })

  test('is in each of them, and its manifest says so', async () => {
    const { backUp, usb, offsite, shelf } = hospital()
    const { result } = await backUp()
    const { id } = result
    expect(usb.files.get(id)).toEqual(shelf.files.get(result.path))
    // The order that no clock can change travels with it.
    expect(offsite.manifests.get(id)).toMatchObject({ id, sha256: result.sha256, sequence: 1 })
    const states = [
      { to: 'usb', state: 'ok' },
      { to: 'offsite', state: 'ok' },
    ]
    expect(result.copies).toMatchObject(states)
    expect(shelf.manifests.get(id)?.copies).toMatchObject(states)
  })

  test('is good and partly done where one place fails: the others are tried, nothing is taken back', async () => {
    const { backUp, usb, offsite, shelf } = hospital()
    usb.refuse = full
    const failure = await backUp().catch((error: unknown) => error)
    const [id = ''] = shelf.manifests.keys()
    expect(failure).toMatchObject({
      kind: 'partial',
      code: 'COPY_FULL',
      exitCode: 3,
      facts: { backup: id, to: 'usb' },
      next: ['df -h /mnt/usb'],
    })
    expect(shelf.files.size).toBe(1)
    expect(offsite.files.has(id)).toBe(true)
    expect(shelf.manifests.get(id)).toMatchObject({
      trust: 'sound',
      copies: [
        { to: 'usb', state: 'failed', because: 'no space is left for /mnt/usb' },
        { to: 'offsite', state: 'ok' },
      ],
    })
  })
})
