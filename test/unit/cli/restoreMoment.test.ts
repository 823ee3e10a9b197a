import { describe, expect, test } from 'vitest'
import { requireAlone, restoreToMoment } from '../../../src/cli/restoreMoment.js'
import { parseConfig } from '../../../src/config/parse.js'
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

function typed(scene: Scene, changes: Partial<Parameters<typeof restoreToMoment>[1]> = {}) {
  const { door, written } = fakeDoor({ quiet: true })
  // The clock of the fakes stands earlier than the oplog's.
  const clock = { ...scene.world.clock, now: () => new Date('2030-01-01T00:00:00Z') }
  const flags = {
    'to-time': scene.time,
    confirm: 'medical',
    'no-safety-backup': false,
    'allow-version-mismatch': false,
    ...changes,
  }
  const world = { ...scene.world, clock }
  return { ending: restoreToMoment(medical, flags, reading, world, door), written, door }
}

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

test.each([
  [{ backup: 'medical-20261121T130000Z' }, 'the backup medical-20261121T130000Z'],
  [{ backup: 'latest', database: 'clinic' }, '--database'],
  [{ backup: 'latest', collection: 'notes' }, '--collection'],
  [{ backup: 'latest', into: 'copy' }, '--into'],
  [{ backup: 'latest', from: 'offsite' }, '--from'],
])('a moment is that of a whole target: not with %j', (given, named) => {
  const failure = failureOf(() => {
    requireAlone(given)
  })
  expect(failure).toMatchObject({ code: 'MOMENT_ALONE', kind: 'usage' })
  expect(failure.message).toContain(named)
})

test('a moment by itself is taken', () => {
  expect(() => {
    requireAlone({ backup: 'latest' })
  }).not.toThrow()
})
