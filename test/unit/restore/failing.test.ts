import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { disaster, request, restored } from './scene.js'

describe('a restore that fails half-way', () => {
  test.each([
    ['RESTORE_FAILED', { restoreExitCode: 1 }],
    ['RESTORE_INCOMPLETE', { restoreFails: 5 }],
    ['RESTORE_DIFFERS', { restoreLoses: true }],
  ] as const)('%s puts the state before back, from the safety backup', async (code, mischief) => {
    const scene = await disaster()
    scene.server.mischief = mischief
    // Only the first mongorestore misbehaves: the one that takes it back is another day's.
    const { tools, because } = await scene.server.tools().choose(medical)
    let runs = 0
    const once: typeof tools = {
      ...tools,
      restore: (...given) => {
        if (++runs > 1) scene.server.mischief = {}
        return tools.restore(...given)
      },
    }
    const world = {
      ...scene.world,
      tools: { choose: () => Promise.resolve({ tools: once, because }) },
    }
    const plan = await restore.plan(request, world)
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code })
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(scene.receipts.saves.at(-1)).toMatchObject({ state: 'rolled-back' })
    expect(scene.stack.log).toEqual(['stop api', 'start api'])
  })

  test('without a safety backup it says that it is left as it is', async () => {
    const scene = await disaster()
    scene.server.mischief = { restoreExitCode: 1 }
    await expect(restored(scene, { safetyBackup: false })).rejects.toMatchObject({
      code: 'RESTORE_FAILED',
      message: expect.stringContaining('left as it is now') as string,
    })
    expect(scene.receipts.saves.at(-1)).toMatchObject({ state: 'failed' })
  })

  test('an interrupted one is not taken back on the spot, but names the command that does', async () => {
    const scene = await disaster()
    const plan = await restore.plan(request, scene.world)
    const control = new AbortController()
    const step = plan.steps.find(({ title }) => title.startsWith('Restore'))
    const interrupting = {
      ...plan,
      steps: plan.steps.map((each) =>
        each === step
          ? {
              ...each,
              run: () => {
                control.abort(new Failure('interrupted', 'INTERRUPTED', 'stopped by Ctrl-C', []))
                return Promise.reject(new Error('the tool died'))
              },
            }
          : each,
      ),
    }
    await expect(carriedOut(interrupting, scene.world, control.signal)).rejects.toMatchObject({
      exitCode: 130,
      next: expect.arrayContaining([expect.stringMatching(/^ops undo restore-/)]) as string[],
    })
  })
})
