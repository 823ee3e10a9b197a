import { describe, expect, test } from 'vitest'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { stackDown } from '../../../src/procedures/stack/down.js'
import { manifestFor } from '../../fakes/manifest.js'
import { medical } from '../../fakes/world.js'
import { stackScene } from './scene.js'

describe('taking the stack down', () => {
  test('without its volumes destroys nothing and asks nothing', async () => {
    const { project, world, run } = stackScene()
    const plan = await stackDown.plan({ volumes: false, targets: [medical] }, world)
    expect(needsConfirmation(plan)).toBe(false)

    const { result, receipt } = await run(plan)

    expect(project.log).toEqual(['down'])
    expect(receipt).toBeUndefined()
    expect(result.removed).toEqual({
      containers: ['healthcare_mongodb', 'healthcare_api'],
      volumes: [],
    })
  })

  test('with its volumes names each of them but the external ones, and has the project typed', async () => {
    const { project, world, run } = stackScene()
    const plan = await stackDown.plan({ volumes: true, targets: [medical] }, world)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.target).toBe('healthcare')
    expect(plan.facts).toContainEqual(['Volume', 'healthcare_mongo_data'])
    expect(plan.loses[0]).toBe('the data in healthcare_mongo_data')

    const { result } = await run(plan)

    expect(project.log).toEqual(['down with volumes'])
    expect(result.receipt).toMatch(/^stack-down-/)
  })

  test('says loudly that nothing can bring the data back where there is no good backup', async () => {
    const { world } = stackScene()
    const plan = await stackDown.plan({ volumes: true, targets: [medical] }, world)
    expect(plan.loses[1]).toBe('everything in medical: there is NO good backup to bring it back')
  })

  test('says since when writes are lost where there is one', async () => {
    const { world, shelf } = stackScene()
    const bytes = Buffer.alloc(5)
    const known = manifestFor('medical-20261121T130204Z', bytes)
    shelf.manifests.set(known.id, known)
    shelf.files.set(`${shelf.folder}/${known.file}`, bytes)
    const plan = await stackDown.plan({ volumes: true, targets: [medical] }, world)
    expect(plan.loses[1]).toBe(`every write to medical since ${known.takenAt}`)
    expect(plan.facts.at(-1)?.[1]).toContain(known.id)
  })
})
