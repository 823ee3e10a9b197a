import { describe, expect, test } from 'vitest'
import { secondOf } from '../../../../src/domain/oplog/optime.js'
import { medical } from '../../../fakes/world.js'
import { bareHost, hospital, signal, slicesBehind } from './scene.js'

/** A hospital whose place holds backups and, behind the last of them, so many slices. */
async function sliced(count = 2, backups = 1) {
  const scene = await hospital(backups, false, { oplog: true })
  await slicesBehind(scene, count)
  const { place, target } = scene
  const { slices } = await place.sliceHoldings(target.name, signal)
  const manifests = slices
    .map(({ manifest }) => manifest)
    .toSorted((one, other) => one.start.at.ordinal - other.start.at.ordinal)
  return { ...scene, slices: manifests }
}

const timeOf = (slice: { readonly end: Parameters<typeof ending>[0] } | undefined) =>
  slice ? ending(slice.end) : ''
const ending = ({ at }: { readonly at: Parameters<typeof secondOf>[0] }) =>
  secondOf(at).toISOString().replace('.000', '')

describe('slices behind the backup of a system that is rebuilt', () => {
  test('are replayed up to the last of them, as the plan says, and measured', async () => {
    const { place, slices, good, ids } = await sliced()
    const host = bareHost(place, 'stands')
    const plan = await host.plan()
    expect(plan.facts.find(([label]) => label === 'Data of medical')?.[1]).toMatch(
      /and 2 slices behind it, up to .*: \d+ operations to replay/,
    )
    expect(plan.steps.map(({ title }) => title).join()).toContain('and 2 slices behind it')
    const { result, receipt } = await host.run(plan).finally(() => plan.release?.())
    expect(host.server.state()['medical_records']).toEqual(good)
    expect(result.restored).toMatchObject([
      { backup: ids[0], replayed: { to: timeOf(slices.at(-1)), slices: 2 } },
    ])
    expect(result.missing).toEqual([])
    expect(receipt?.proof).toMatchObject({ restored: { medical: { slices: 2, replay: {} } } })
    // What was put down for it is gone, and no slice was taken of the new server.
    expect([...host.shelf.files.keys()].filter((path) => path.endsWith('.spool'))).toEqual([])
    expect((await host.world.slices(medical).holdings()).slices).toEqual([])
  })

  test('are replayed as far as they reach where one of them is damaged, and why is said', async () => {
    const { place, slices, good } = await sliced(3)
    const [first, second] = slices
    place.sliceFiles.set(`medical/${second?.file ?? ''}`, Buffer.alloc(second?.bytes ?? 0))
    const host = bareHost(place, 'stands')
    const { result } = await host.recover()
    expect(host.server.state()['medical_records']).toEqual(good)
    expect(result.restored).toMatchObject([{ replayed: { to: timeOf(first), slices: 1 } }])
    const [missing] = result.missing
    expect(missing).toMatchObject({ what: 'oplog', name: 'medical' })
    expect(missing?.because).toMatch(/^2 slices .*is damaged.*was written after .* is not back$/)
  })

  test('leave the backup alone where none of them can be replayed', async () => {
    const { place, slices, good } = await sliced(1)
    const [only] = slices
    place.sliceFiles.delete(`medical/${only?.file ?? ''}`)
    const host = bareHost(place, 'stands')
    const { result } = await host.recover()
    expect(host.server.state()['medical_records']).toEqual(good)
    expect(result.restored).toMatchObject([{ replayed: null }])
    expect(result.missing).toMatchObject([{ what: 'oplog', name: 'medical' }])
  })

  test('are told of where an earlier run brought the data back, and did not replay all of them', async () => {
    const { place, slices, good, ids } = await sliced()
    const host = bareHost(place, 'stands')
    const { receipt } = await host.recover()
    const system = receipt?.system
    if (!system) throw new Error('it leaves a record')
    const [first, last] = slices.map(({ end }) => end.at)
    expect(system).toMatchObject({ restored: { medical: ids[0] }, reached: { medical: last } })
    const goOn = async (reached: typeof system.reached) => {
      await host.receipts.save({
        ...receipt,
        state: 'failed',
        system: { ...system, ...(reached ? { reached } : {}) },
      })
      return (await host.recover()).result
    }
    expect((await goOn(system.reached)).missing).toEqual([])
    if (!first) throw new Error('there are slices')
    expect((await goOn({ medical: first })).missing).toMatchObject([
      { what: 'oplog', name: 'medical', because: expect.stringContaining('up to') as string },
    ])
    expect(host.server.state()['medical_records']).toEqual(good)
  })

  test('are left aside where the backup alone was asked for', async () => {
    const { place } = await sliced()
    const host = bareHost(place, 'stands')
    host.changes.replay = false
    const { result } = await host.recover()
    expect(result.restored).toMatchObject([{ replayed: null }])
    expect(result.missing[0]?.because).toContain('the backup alone was asked for')
  })

  test('stand in for the newest backup where that is damaged', async () => {
    const { place, ids, good } = await sliced(2, 2)
    place.files.get(ids[1] ?? '')?.fill(0, 40)
    const host = bareHost(place, 'stands')
    const { result, warnings } = await host.recover()
    expect(host.server.state()['medical_records']).toEqual(good)
    expect(result.restored).toMatchObject([{ backup: ids[0] }])
    expect(warnings.join()).toContain(ids[1])
  })
})
