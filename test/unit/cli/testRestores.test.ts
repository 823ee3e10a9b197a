import { describe, expect, test } from 'vitest'
import { testEach } from '../../../src/cli/testRestores.js'
import { medical } from '../../fakes/world.js'
import { hospital } from '../trial/scene.js'
import { fakeDoor } from './door.js'

const absent = {
  ...medical,
  name: 'billing',
  place: { kind: 'container', container: 'gone' } as const,
}

describe('testing the backups of every target', () => {
  test('makes one trial of each', async () => {
    const { world, id } = await hospital()
    const { door } = fakeDoor({ quiet: true })
    const all = await testEach([medical, medical], undefined, world, {}, door)
    expect(all).toMatchObject({ trials: [{ id, trust: 'restore-tested' }, { id }] })
  })

  test('goes on past one that fails, and fails at the end with what was proved', async () => {
    const { world, id } = await hospital()
    const { door } = fakeDoor({ quiet: true })
    await expect(testEach([absent, medical], undefined, world, {}, door)).rejects.toMatchObject({
      exitCode: 13,
      code: 'SCRATCH_IMAGE_MISSING',
      facts: { trials: [{ id }], failed: [{ target: 'billing', code: 'SCRATCH_IMAGE_MISSING' }] },
    })
    expect(door.warnings[0]).toContain('billing was not tested')
  })

  test('tells of the backup that does not come back first, wherever it stands', async () => {
    const { world, scratch } = await hospital()
    scratch.mischief = { restoreLoses: true }
    const { door } = fakeDoor({ quiet: true })
    await expect(testEach([absent, medical], undefined, world, {}, door)).rejects.toMatchObject({
      exitCode: 12,
      code: 'TRIAL_DIFFERS',
    })
  })

  test('a dry run plans each and starts nothing', async () => {
    const { world, own } = await hospital()
    const { door } = fakeDoor({ quiet: true })
    const all = await testEach([medical], undefined, world, { 'dry-run': true }, door)
    expect(all).toMatchObject({ dryRuns: [{ dryRun: true }] })
    expect(own.started).toEqual([])
  })
})
