import { describe, expect, test } from 'vitest'
import { pruneEach, requirePruned } from '../../../src/cli/pruneBackups.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { RetentionSettings } from '../../../src/procedures/retention/examineShelf.js'
import { backupPruneScreen } from '../../../src/report/backupPrune.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { fakeDoor } from '../cli/door.js'
import { gone, hospital, inPlace, placed, type Hospital } from './placeScene.js'
import { nothing } from './series.js'

describe('ops backup prune with places', () => {
  const run = (scene: Hospital, how: { dry?: boolean; retention?: RetentionSettings } = {}) => {
    const { dry = false, retention = placed({ daily: 7 }) } = how
    const { door } = fakeDoor()
    const request = {
      targets: [medical],
      retention,
      accept: [],
      emptyTrash: false,
      name: 'medical',
    }
    return pruneEach(request, scene.world, { 'dry-run': dry, confirm: 'medical' }, door)
  }

  test('a dry run judges the shelf and each place, and changes nothing', async () => {
    const scene = hospital(9)
    const pruned = await run(scene, { dry: true })
    const [medicalOnes] = pruned.targets
    expect(medicalOnes?.places.map(({ place }) => place)).toEqual(['usb', 'offsite'])
    for (const { verdicts } of medicalOnes?.places ?? [])
      expect(verdicts.filter(({ keep }) => !keep).map(({ id }) => id)).toEqual(scene.ids.slice(7))
    expect(inPlace(scene.usb)).toEqual(scene.ids)
    const terminal = { color: false, terminal: true, columns: 80, now: new Date() }
    expect(backupPruneScreen(pruned, terminal)).toContain(
      'DRY RUN  medical in usb: 9 copies, 2 would be removed for good',
    )
  })

  test('prunes the shelf and the places; what went to the trash says what became of its copies', async () => {
    const scene = hospital(9)
    const pruned = await run(scene)
    expect(pruned.targets[0]?.removed).toEqual(scene.ids.slice(7))
    expect(inPlace(scene.usb)).toEqual(scene.ids.slice(0, 7))
    expect(inPlace(scene.offsite)).toEqual(scene.ids.slice(0, 7))
    expect(await scene.states(scene.ids[8])).toEqual(['usb removed', 'offsite removed'])
    const pipe = { color: false, terminal: false, columns: 80, now: new Date() }
    expect(backupPruneScreen(pruned, pipe)).toContain(
      '✔ medical in usb: 2 copies removed for good, 7 kept',
    )
    expect(requirePruned(pruned)).toBe(pruned)
  })

  test('a place that cannot be reached stops neither the shelf nor the other place, exit 3', async () => {
    const scene = hospital(9)
    scene.usb.refuse = gone
    const pruned = await run(scene)
    expect(pruned.targets[0]?.removed).toEqual(scene.ids.slice(7))
    expect(inPlace(scene.offsite)).toEqual(scene.ids.slice(0, 7))
    expect(() => requirePruned(pruned)).toThrow(
      expect.objectContaining({ kind: 'partial', code: 'COPY_UNREACHABLE', exitCode: 3 }),
    )
    const pipe = { color: false, terminal: false, columns: 80, now: new Date() }
    expect(backupPruneScreen(pruned, pipe)).toContain('✗ medical in usb: nobody listens there')
    expect(() => requirePruned({ ...pruned, dryRun: true })).toThrow('the shelf is judged')
  })

  test('one that breaks off in the middle tells what went before', async () => {
    const scene = hospital(9)
    const real = scene.usb.remove.bind(scene.usb)
    scene.usb.remove = (manifest, aborted) =>
      manifest.id === scene.ids[7] ? Promise.reject(gone) : real(manifest, aborted)
    const [done] = (await run(scene)).targets
    expect(done?.places[0]).toMatchObject({
      removed: scene.ids.slice(8),
      failure: { code: 'COPY_UNREACHABLE' },
    })
  })

  test('a place with a retention of its own is pruned though the shelf has none', async () => {
    const scene = hospital(9)
    const { policy, ...without } = placed({ daily: 7 })
    expect(policy.daily).toBe(7)
    const { door } = fakeDoor()
    const request = {
      targets: [medical],
      retention: without,
      accept: [],
      emptyTrash: false,
      name: 'medical',
    }
    const flags = { 'dry-run': false, confirm: 'medical' }
    const { targets } = await pruneEach(request, scene.world, flags, door)
    expect(targets).toMatchObject([{ removed: [], erased: [] }])
    expect(inPlace(scene.usb)).toHaveLength(7)
    expect(await scene.listed()).toHaveLength(9)
  })

  test('a place that nothing is to be removed from is not even looked at', async () => {
    const scene = hospital(9)
    scene.usb.refuse = gone
    const retention = {
      ...placed({ daily: 7 }),
      policyAt: (place: string) => (place === 'usb' ? undefined : { ...nothing, daily: 7 }),
    }
    const [done] = requirePruned(await run(scene, { retention })).targets
    expect(done?.places.map(({ place }) => place)).toEqual(['offsite'])
  })
})

describe('a backup', () => {
  const taking = async (scene: Hospital) => {
    scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
    const request = { target: medical, compression, safety: false, retention: placed({ daily: 7 }) }
    return carriedOut(await takeBackup.plan(request, scene.world), scene.world)
  }

  test('prunes the places it was copied to', async () => {
    const scene = hospital(9)
    const { result } = await taking(scene)
    expect(inPlace(scene.usb)).toEqual([...scene.ids.slice(1, 7), result.id])
    expect(inPlace(scene.offsite)).toHaveLength(7)
    expect(await scene.states(scene.ids[8])).toEqual(['usb removed', 'offsite removed'])
  })

  test('leaves a place alone that did not get it: what is old there is all there is', async () => {
    const scene = hospital(9)
    scene.usb.put = () => Promise.reject(gone)
    await expect(taking(scene)).rejects.toMatchObject({ kind: 'partial', code: 'COPY_UNREACHABLE' })
    expect(inPlace(scene.usb)).toHaveLength(9)
    expect(inPlace(scene.offsite)).toHaveLength(7)
  })
})
