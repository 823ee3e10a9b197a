import { expect, test } from 'vitest'
import { followPitr } from '../../../src/cli/followPitr.js'
import { parseConfig } from '../../../src/config/parse.js'
import { pitrFollowedScreen } from '../../../src/report/pitr.js'
import { medical } from '../../fakes/world.js'
import { sliceScene } from '../oplog/scene.js'
import { fakeDoor } from './door.js'

test('takes its first base itself, tells of each event, and ends as it was told', async () => {
  const { world, server, oplog, clock, slices } = sliceScene()
  const { door, written, stopWith } = fakeDoor()
  const text =
    'version: 1\nname: hospital\ntargets: {medical: {container: db}}\npitr: {enabled: true}\n'
  const reading = parseConfig(text, '/srv/ops.yaml', { env: {}, cwd: '/', home: '/root', uid: 0 })
  server.collection('medical_records', 'patients', [{ _id: 1 }])
  oplog.write()
  let rounds = 0
  const sleep = (milliseconds: number, signal?: AbortSignal) => {
    // Only the pause between slices is a minute long: what watches streams looks more often.
    if (milliseconds < 50_000) return new Promise<void>(() => undefined)
    const count = (word: RegExp) => written.stdout.match(word)?.length ?? 0
    if (count(/^base {3}needed/gm) > count(/^base .* taken$/gm))
      // While a base is being taken nothing but its end ends the pause.
      return new Promise<void>((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      })
    rounds += 1
    if (rounds === 1) oplog.write({ op: 'i', ns: 'medical_records.patients', o: { _id: 2 } })
    if (rounds === 2) oplog.lose(1)
    if (rounds === 2) oplog.write({ op: 'i', ns: 'medical_records.patients', o: { _id: 3 } }, 9)
    if (rounds === 3) stopWith(new Error('SIGTERM'))
    return clock.sleep(milliseconds, signal)
  }
  const awake = { ...world, clock: { ...world.clock, sleep } }
  const followed = await followPitr(medical, { ...reading, plainPasswords: [] }, awake, door)
  expect(followed).toEqual({ target: 'medical', slices: 1, entries: 1, bases: 2, gaps: 1 })
  expect(slices.gaps).toMatchObject([{ timeline: 1, reason: 'diverged' }])
  expect(written.stdout).toMatch(/^base {3}needed/)
  expect(written.stdout).toContain('slice  timeline 1 to')
  expect(written.stderr).toContain('timeline 1 ended')
  expect(pitrFollowedScreen(followed)).toBe('stopped after 1 slice with 1 entry, 2 bases, 1 gap')
})
