import { expect, test } from 'vitest'
import { pointOf } from '../../../src/archive/oplog/point.js'
import { optimeText } from '../../../src/domain/oplog/optime.js'
import { heldHistory } from '../../../src/procedures/dr/deletionEntries.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { afterDeletion } from './deletionScene.js'

const { signal } = new AbortController()
const start = { seconds: 0, ordinal: 0 }

function historyOf({
  server: { oplog },
  world,
}: Pick<ReturnType<typeof fakeWorld>, 'server' | 'world'>) {
  return async (since = start) => {
    const window = await oplog.window()
    if (!window) throw new Error('a window')
    return heldHistory(since, medical, { oplog, window }, world, signal)
  }
}

async function times(entries: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = []
  for await (const entry of entries) found.push(optimeText(pointOf(entry).at))
  return found
}

test('slices are read to their end, so that the oplog may roll on meanwhile', async () => {
  const scene = await afterDeletion()
  const { oplog } = scene.server
  const history = historyOf(scene)
  oplog.forget(6)
  const all = await times((await history()).entries)
  expect(new Set(all).size).toBe(all.length)
  expect(all).toContain(optimeText(oplog.entriesHeld.at(-1)?.point.at ?? start))
  const { entries } = await history()
  oplog.forget(2)
  expect(await times(entries)).toEqual(all)
})

test('entries that leave the oplog before they are read are not passed over', async () => {
  const scene = fakeWorld()
  const { oplog } = scene.server
  const history = historyOf(scene)
  for (let at = 0; at < 9; at++) oplog.write()
  const { entries } = await history()
  oplog.during = () => {
    oplog.during = () => undefined
    oplog.forget(1)
  }
  await expect(times(entries)).rejects.toMatchObject({ code: 'OPLOG_ROLLED_ON', exitCode: 1 })
  const later = await history(oplog.entriesHeld[1]?.point.at)
  oplog.forget(3)
  await expect(times(later.entries)).rejects.toMatchObject({ code: 'OPLOG_ROLLED_ON' })
})
