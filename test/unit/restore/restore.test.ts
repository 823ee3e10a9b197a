import { describe, expect, test } from 'vitest'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut } from '../../fakes/world.js'
import { disaster, request, restored } from './scene.js'

describe('a restore', () => {
  test('replaces: damaged documents are whole, deleted ones back, dropped collections back, stray ones gone', async () => {
    const scene = await disaster()
    const { result } = await restored(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(result.collections['medical_records.healthcare_data']).toEqual({
      documents: 40,
      expected: 40,
    })
    expect(result.dropped).toEqual(['medical_records.stray'])
  })

  test('leaves other databases alone', async () => {
    const scene = await disaster()
    await restored(scene)
    expect(scene.server.state()['other']?.['things']?.documents).toEqual([
      { _id: 'kept' },
      { _id: 'later' },
    ])
  })

  test('saves what is there before it touches anything', async () => {
    const scene = await disaster()
    const { result } = await restored(scene)
    expect(scene.server.log[0]).toBe('dump everything')
    expect(result.safetyBackup).toBe('medical-20261121T130304Z-safety')
  })

  test('stops the writers that run and starts only services again', async () => {
    const scene = await disaster()
    const job = scene.stack.containers.findIndex(({ service }) => service === 'migration_app')
    const facts = scene.stack.containers[job]
    if (facts) scene.stack.containers[job] = { ...facts, state: 'running' }
    await restored(scene)
    expect(scene.stack.log).toEqual(['stop migration_app api', 'start api'])
  })

  test('needs the name typed, and says what is lost', async () => {
    const scene = await disaster()
    const plan = await restore.plan(request, scene.world)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.loses.join('\n')).toContain('medical_records.stray (1 documents)')
    expect(
      plan.facts.find(
        ([label, text]) => label === 'Collection' && text.includes('healthcare_data'),
      )?.[1],
    ).toBe('medical_records.healthcare_data: 40 documents in the backup, 30 now')
  })

  test('its plan changes nothing', async () => {
    const scene = await disaster()
    await restore.plan(request, scene.world)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(scene.shelf.manifests.size).toBe(1)
  })

  test('takes one collection and leaves the others', async () => {
    const scene = await disaster()
    await restored(scene, { choice: { collection: 'audit_trail' } })
    const state = scene.server.state()['medical_records']
    expect(state?.['audit_trail']).toEqual(scene.good?.['audit_trail'])
    expect(state?.['healthcare_data']).toEqual(scene.bad?.['healthcare_data'])
    expect(state?.['stray']).toEqual(scene.bad?.['stray'])
  })

  test('makes a copy beside the live database without touching it', async () => {
    const scene = await disaster()
    const plan = await restore.plan({ ...request, choice: { into: 'medical_copy' } }, scene.world)
    expect(needsConfirmation(plan)).toBe(false)
    const { result } = await carriedOut(plan, scene.world)
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(scene.server.state()['medical_copy']).toEqual(scene.good)
    expect(result).toMatchObject({ into: 'medical_copy', safetyBackup: null, engine: 'exec' })
  })

  test('removes what killed runs left of engines and says so, also where it takes no safety backup', async () => {
    const scene = await disaster()
    scene.ownContainers.left.push('ops-sidecar-12-abc')
    scene.leftPipes.push('/tmp/ops-pipe-12-1-x')
    const { warnings } = await restored(scene, { safetyBackup: false })
    expect(warnings).toEqual([
      'removed container ops-sidecar-12-abc: the run that made it was cut off',
      'removed /tmp/ops-pipe-12-1-x: the run that made it was cut off',
    ])
  })

  test('takes an archive from a stream, and lets go of the spooled file', async () => {
    const scene = await disaster()
    const bytes =
      scene.shelf.files.get('/shelf/medical/medical-20261121T130204Z.archive.gz') ?? Buffer.alloc(0)
    async function* stream() {
      yield await Promise.resolve(bytes)
    }
    const plan = await restore.plan(
      { ...request, wanted: { kind: 'stream', stream: stream() } },
      scene.world,
    )
    await carriedOut(plan, scene.world)
    await plan.release?.()
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(scene.shelf.files.has('/shelf/medical/stdin.spool')).toBe(false)
  })
})
