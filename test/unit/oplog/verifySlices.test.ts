import { describe, expect, test } from 'vitest'
import { requireSound, sliced, verificationPlan } from '../../../src/cli/verifyBackups.js'
import { sliceStatus } from '../../../src/procedures/oplog/status.js'
import { verifySlices } from '../../../src/procedures/oplog/verifySlices.js'
import { backupVerifyScreen } from '../../../src/report/backupVerify.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { wardKeys } from '../../fakes/keys.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { sliceScene } from './scene.js'

const { signal } = new AbortController()

/** Three slices behind a base, the second of them damaged where `hurt` says so. */
async function scene(keys?: Parameters<typeof sliceScene>[0]) {
  const all = sliceScene(keys)
  const place = new FakePlace('usb')
  all.base(all.oplog.write())
  for (let at = 0; at < 3; at++) {
    all.oplog.write()
    await all.slice()
  }
  const [, second] = all.slices.manifests
  if (!second) throw new Error('slices')
  const sound = all.slices.files.get(second.file) ?? Buffer.alloc(0)
  const hurt = () => {
    const bytes = Buffer.from(sound)
    bytes.writeUInt8((bytes[20] ?? 0) ^ 1, 20)
    all.slices.files.set(second.file, bytes)
  }
  const world = { ...all.world, copies: [place] }
  const read = (deep = false) =>
    verifySlices(medical, world, { deep, signal, progress: () => undefined })
  const status = () => sliceStatus(medical, 60, world, signal)
  return { ...all, world, place, second, sound, hurt, read, status }
}

describe('slices at rest', () => {
  test('that are sound are read to their ends', async () => {
    const { read } = await scene()
    expect(await read()).toMatchObject({ slices: 3, damaged: [], mended: [], unopened: 0 })
    expect(await read(true)).toMatchObject({ slices: 3, damaged: [] })
  })

  test('one that is damaged counts as absent, and is a gap that the status tells of', async () => {
    const { hurt, read, second, slices, status } = await scene()
    hurt()
    expect((await read()).damaged).toEqual([
      { id: second.id, because: 'its SHA-256 is not that of its manifest' },
    ])
    const { slices: held } = await slices.holdings()
    expect(held.map(({ present }) => present)).toEqual([true, false, true])
    const { gaps, findings } = await status()
    expect(gaps).toMatchObject([{ reason: 'missing' }])
    expect(findings.find(({ id }) => id === 'pitr.files')?.because).toContain('SHA-256')
  })

  test('one that is sound again, by whomever, is no gap any more', async () => {
    const { hurt, read, second, sound, slices, status } = await scene()
    hurt()
    await read()
    slices.files.set(second.file, sound)
    expect((await read()).damaged).toEqual([])
    expect((await status()).gaps).toEqual([])
  })

  test('one that is damaged or missing is brought from a place that has it whole, and from no other', async () => {
    const { hurt, read, second, sound, slices, place } = await scene()
    const broken = Buffer.from(sound)
    broken.writeUInt8((broken[9] ?? 0) ^ 1, 9)
    for (const lose of [hurt, () => slices.files.delete(second.file)]) {
      lose()
      place.sliceFiles.set(`medical/${second.file}`, broken)
      expect((await read()).damaged).toMatchObject([{ id: second.id }])
      place.sliceFiles.set(`medical/${second.file}`, sound)
      expect(await read()).toMatchObject({
        damaged: [],
        mended: [{ id: second.id, from: 'usb' }],
      })
      expect(slices.files.get(second.file)).toEqual(sound)
      expect((await read()).mended).toEqual([])
    }
  })

  test('that no key here opens are checked from outside', async () => {
    const { world } = await scene(wardKeys)
    const closed = { ...world, keys: { ...wardKeys, identities: [] } }
    const how = { deep: true, signal, progress: () => undefined }
    expect(await verifySlices(medical, closed as never, how)).toMatchObject({
      slices: 3,
      unopened: 3,
    })
  })

  test('are read with every backup, and fail it where one is damaged', async () => {
    const { hurt, world } = await scene()
    hurt()
    expect(await sliced([medical], world)).toEqual([medical])
    const plan = verificationPlan([], false, world, [medical])
    const { result } = await carriedOut(plan, world)
    expect(() => requireSound(result, false)).toThrow(
      expect.objectContaining({ code: 'SLICE_DAMAGED', exitCode: 12 }),
    )
    const canvas = { color: false, terminal: true, columns: 80, now: new Date() }
    expect(backupVerifyScreen(result, canvas)).toContain('damaged  slices of medical')
  })
})
