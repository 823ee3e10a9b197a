import { expect, test } from 'vitest'
import { sliceOnce } from '../../../src/cli/pitr.js'
import { parseConfig } from '../../../src/config/parse.js'
import { medical } from '../../fakes/world.js'
import { sliceScene } from '../oplog/scene.js'
import { fakeDoor } from './door.js'

function scene() {
  const all = sliceScene()
  const { door, written } = fakeDoor({ quiet: true })
  const text =
    'version: 1\nname: hospital\ntargets: {medical: {container: db}}\npitr: {enabled: true}\n'
  const reading = parseConfig(text, '/srv/ops.yaml', { env: {}, cwd: '/', home: '/root', uid: 0 })
  all.server.collection('medical_records', 'patients', [{ _id: 1 }])
  // A backup follows; nothing here waits for a stream that stands still.
  const once = (base: boolean) =>
    sliceOnce(medical, { base }, { ...reading, plainPasswords: [] }, all.world, door)
  return { ...all, once, door, written }
}

test('without a base nothing is read, and it is said how to get one', async () => {
  const { once, oplog, shelf } = scene()
  oplog.write()
  await expect(once(false)).rejects.toMatchObject({
    code: 'BASE_NEEDED',
    kind: 'failing',
    next: ['ops pitr slice --base --target medical', 'ops pitr status --target medical'],
  })
  expect(shelf.manifests.size).toBe(0)
})

test('with --base the base is taken, and slices begin behind it', async () => {
  const { once, oplog, shelf, slices } = scene()
  oplog.write()
  const first = await once(true)
  expect(first).toMatchObject({ slices: [], base: [...shelf.manifests.keys()][0] })
  oplog.write()
  const second = await once(true)
  expect(second).toMatchObject({ slices: [{ timeline: 1, count: 1 }], bases: [first.base] })
  expect(second.base).toBeUndefined()
  expect(slices.anchors).toMatchObject([{ base: first.base, timeline: 1 }])
})

test('a gap is a failure where no base was asked for, and closes the timeline for good', async () => {
  const { once, oplog, slices, door } = scene()
  oplog.write()
  await once(true)
  oplog.write()
  await once(true)
  oplog.write()
  oplog.write()
  oplog.forget(3)
  await expect(once(false)).rejects.toMatchObject({ code: 'OPLOG_GAP', kind: 'failing' })
  expect(slices.gaps).toMatchObject([{ timeline: 1, reason: 'overflow' }])
  expect(door.warnings.join()).toContain('timeline 1 ended')
  await expect(once(false)).rejects.toMatchObject({ code: 'BASE_NEEDED' })
  const again = await once(true)
  expect(again.base).toBeDefined()
  oplog.write()
  expect(await once(true)).toMatchObject({ slices: [{ timeline: 2 }] })
})

test('what will be refused is warned of, and with --base answered by a base', async () => {
  const { once, oplog, door } = scene()
  oplog.write()
  await once(true)
  oplog.write({ op: 'c', ns: 'a.$cmd', o: { importCollection: 'b' } })
  expect((await once(false)).slices).toHaveLength(1)
  expect(door.warnings.join()).toContain('importCollection on a.b')
  oplog.write()
  await once(false)
  oplog.write()
  const taken = await once(true)
  expect(taken.base).toBeDefined()
  expect(taken.baseNeeded).toBeUndefined()
})
