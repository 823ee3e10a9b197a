import { describe, expect, test } from 'vitest'
import { requireAlone, restoreToMoment } from '../../../src/cli/restoreMoment.js'
import { parseConfig } from '../../../src/config/parse.js'
import type { World } from '../../../src/ports/world.js'
import { failureIn, failureOf } from '../archive/feeding.js'
import { disasterInTime, type Scene } from '../moment/scene.js'
import { medical } from '../../fakes/world.js'
import { fakeDoor } from './door.js'

const text =
  'version: 1\nname: hospital\ntargets: {medical: {container: db}}\npitr: {enabled: true}\n'
const reading = {
  ...parseConfig(text, '/srv/ops.yaml', { env: {}, cwd: '/', home: '/root', uid: 0 }),
  plainPasswords: [],
}

function typed(
  scene: Scene,
  changes: Partial<Parameters<typeof restoreToMoment>[1]> = {},
  sleep: World['clock']['sleep'] = (milliseconds, signal) =>
    scene.world.clock.sleep(milliseconds, signal),
) {
  const { door, written } = fakeDoor({ quiet: true })
  // The clock of the fakes stands earlier than the oplog's.
  const clock = { ...scene.world.clock, sleep, now: () => new Date('2030-01-01T00:00:00Z') }
  const flags = {
    'to-time': scene.time,
    confirm: 'medical',
    'no-safety-backup': false,
    'no-discarded-writes': true,
    'allow-version-mismatch': false,
    ...changes,
  }
  const world = { ...scene.world, clock }
  return { ending: restoreToMoment(medical, flags, reading, world, door), written, door }
}

/** Sleeps for one turn of the event loop: what watches a stream meanwhile must not starve it. */
const turn = () => new Promise<void>((done) => setImmediate(done))

describe('a moment that was typed', () => {
  test('comes back, and the base that the next slices begin behind is taken', async () => {
    const scene = await disasterInTime()
    const followed = await typed(scene).ending
    if (!('done' in followed)) throw new Error('a dry run')
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(followed.done.nextBase).toBeTypeOf('string')
    expect(scene.shelf.manifests.has(followed.done.nextBase ?? '')).toBe(true)
    expect(scene.locks.held.size).toBe(0)
  })

  test('is only looked at in a dry run', async () => {
    const scene = await disasterInTime()
    const before = scene.server.state()
    const followed = await typed(scene, { 'dry-run': true }).ending
    expect(followed).toMatchObject({ dryRun: true })
    expect(scene.server.state()).toEqual(before)
    expect(scene.receipts.saves).toEqual([])
  })

  test('is not begun without the name of the target', async () => {
    const scene = await disasterInTime()
    const failure = await failureIn(typed(scene, { confirm: 'other' }).ending)
    expect(failure).toMatchObject({ code: 'CONFIRMATION_WRONG', kind: 'refused' })
    expect(scene.server.log).toEqual([])
  })

  test.each([
    ['backup', true],
    ['backup prune', false],
  ])(
    'is done where somebody else holds the target for "%s" meanwhile: %s',
    async (command, isDone) => {
      const scene = await disasterInTime()
      const save = scene.receipts.save.bind(scene.receipts)
      const owner = {
        command,
        pid: 7,
        host: 'db01',
        user: 'root',
        since: '2026-11-21T02:00:00.000Z',
      }
      let restored = false
      scene.receipts.save = async (receipt) => {
        await save(receipt)
        restored ||= receipt.state === 'done'
      }
      const take = scene.locks.take.bind(scene.locks)
      scene.locks.take = async (name, by) => {
        if (restored && name === 'medical') scene.locks.held.set(name, owner)
        return take(name, by)
      }
      const { ending } = typed(scene, {}, turn)
      if (isDone) expect(await ending).toMatchObject({ done: { nextBase: null } })
      else expect(await failureIn(ending)).toMatchObject({ code: 'BASE_AFTER_RESTORE' })
    },
  )

  test('is back although the next base fails: that is partly done, with what to type', async () => {
    const scene = await disasterInTime()
    const save = scene.receipts.save.bind(scene.receipts)
    scene.receipts.save = async (receipt) => {
      await save(receipt)
      // From here on the whole thing is over.
      if (receipt.state === 'done') scene.server.mischief.dumpExitCode = 1
    }
    const failure = await failureIn(typed(scene).ending)
    expect(failure).toMatchObject({ code: 'BASE_AFTER_RESTORE', kind: 'partial' })
    expect(failure.next[0]).toBe('ops pitr slice --base --target medical')
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
  })
})

test('a moment finds its base itself: a backup does not go with it', () => {
  const failure = failureOf(() => {
    requireAlone('medical-20261121T130000Z')
  })
  expect(failure).toMatchObject({ code: 'MOMENT_ALONE', kind: 'usage' })
  expect(failure.message).toContain('the backup medical-20261121T130000Z')
})

test('a moment by itself is taken', () => {
  expect(() => {
    requireAlone('latest')
  }).not.toThrow()
})
