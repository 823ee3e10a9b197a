import { describe, expect, test } from 'vitest'
import { carriedOut } from '../../fakes/world.js'
import { standaloneHospital } from './scene.js'

describe('a standalone server that is to become a member', () => {
  test('is left alone where compose would make it from something else than it was made from', async () => {
    const { planned, enabled, world, mischief, project, file } = standaloneHospital()
    const plan = await planned()
    mischief.configHash = 'edited since'
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    await expect(enabled()).rejects.toMatchObject({ code: 'CONFIG_DIFFERS', exitCode: 6 })
    expect(project.log).not.toContain('make mongodb a member')
    expect(project.log.at(-1)).toBe('start api')
    expect(await file()).toBeUndefined()
  })

  test('keeps the file that another run wrote since it was planned', async () => {
    const { planned, enabled, world, mischief, file } = standaloneHospital()
    const plan = await planned()
    await enabled()
    const written = await file()
    mischief.configHash = 'made anew since'
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'PLAN_STALE' })
    expect(await file()).toBe(written)
    expect(written).toContain('--replSet')
  })
})
