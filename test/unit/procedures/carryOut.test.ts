import { describe, expect, test } from 'vitest'
import { carryOut } from '../../../src/procedures/carryOut.js'
import type { ProgressEvent } from '../../../src/procedures/progress.js'
import { scene } from './scene.js'

describe('a plan that goes through', () => {
  test('runs its steps in order under the lock of its target, and lets go of it', async () => {
    const { log, world, step, plan, run } = scene()

    const outcome = await run(plan([step('stop'), step('drop'), step('load')]))

    expect(log).toEqual(['stop', 'drop', 'load'])
    expect(world.locks.log).toEqual(['take medical', 'release medical'])
    expect(outcome.result).toBe('restore-20261121T130204Z-aaa1')
    expect(outcome.warnings).toEqual([])
  })

  test('writes its receipt before the first change, after each step, and when it is done', async () => {
    const { world, step, plan, run } = scene()
    let safety: string | undefined
    const look = step('look', {
      effect: 'reads',
      run: () => {
        expect(world.receipts.saves).toEqual([])
        return Promise.resolve()
      },
    })
    const save = step('save', {
      run: () => {
        expect(world.receipts.saves).toMatchObject([{ state: 'started', steps: [] }])
        safety = 'medical-2-safety'
        return Promise.resolve()
      },
    })

    const { receipt } = await run(
      plan([look, save, step('load')], {
        receipt: () => (safety === undefined ? {} : { safetyBackup: safety }),
      }),
    )

    expect(world.receipts.saves.map(({ state, steps }) => [state, steps])).toEqual([
      ['started', []],
      ['started', ['save']],
      ['started', ['save', 'load']],
      ['done', ['save', 'load']],
    ])
    expect(world.receipts.saves[1]?.safetyBackup).toBe('medical-2-safety')
    expect(receipt).toMatchObject({
      command: 'restore',
      actor: 'carla',
      host: 'db01',
      pid: 4711,
      state: 'done',
      finishedAt: '2026-11-21T13:02:05.500Z',
    })
  })

  test('writes its receipt before the first step where the plan asks for it, and once more whenever a step does', async () => {
    const { world, step, plan, run } = scene()
    let stopped: string[] = []
    const look = step('look', {
      effect: 'reads',
      run: () => {
        expect(world.receipts.saves).toMatchObject([{ state: 'started', destroyed: false }])
        return Promise.resolve()
      },
    })
    const stop = step('stop', {
      async run({ remember }) {
        stopped = ['api']
        await remember()
        expect(world.receipts.saves.at(-1)).toMatchObject({ steps: ['look'], stopped: ['api'] })
      },
    })
    await run(plan([look, stop], { recordedFromTheStart: true, receipt: () => ({ stopped }) }))
    expect(world.receipts.saves.at(-1)).toMatchObject({ state: 'done', steps: ['look', 'stop'] })
  })

  test('takes nothing back because a step that is done could not be shown', async () => {
    const { log, world, step, plan } = scene()
    const tell = ({ kind }: ProgressEvent) => {
      if (kind === 'done') throw new Error('the screen is gone')
    }
    const signal = new AbortController().signal
    const { warnings } = await carryOut(plan([step('drop'), step('load')]), world, { tell, signal })
    expect(log).toEqual(['drop', 'load'])
    expect(warnings).toEqual(
      ['drop', 'load'].map(
        (title) => `"${title}" is done, which could not be shown: the screen is gone`,
      ),
    )
  })

  test('takes no lock and keeps no receipt when all its steps only read', async () => {
    const { world, step, plan, run } = scene()

    expect((await run(plan([step('look', { effect: 'reads' })]))).result).toBe('no receipt')

    expect(world.locks.log).toEqual([])
    expect(world.receipts.saves).toEqual([])
  })

  test('can hold the lock without keeping a receipt', async () => {
    const { world, step, plan, run } = scene()

    await run(plan([step('dump')], { holds: 'lock' }))

    expect(world.locks.log).toEqual(['take medical', 'release medical'])
    expect(world.receipts.saves).toEqual([])
  })

  test('takes several locks in one order and lets go of them the other way round', async () => {
    const { world, step, plan, run } = scene()

    await run(plan([step('down')], { locks: ['shop', 'medical'] }))

    expect(world.locks.log).toEqual([
      'take medical',
      'take shop',
      'release shop',
      'release medical',
    ])
  })

  test('says so when it took over the lock of a run that is gone', async () => {
    const { step, plan, run } = scene(['medical'])

    const { warnings } = await run(plan([step('load')]))

    expect(warnings).toEqual([
      'took over the lock of medical from "backup" (pid 99 of root on db01, since 2026-11-21T02:00:00.000Z), which is gone',
    ])
  })

  test('tells what is planned, begun, found and done, with how long each step took', async () => {
    const { events, step, plan, run } = scene()
    const load = step('load', {
      run(context) {
        context.detail('9 collections')
        context.amount({ bytes: 5, expected: 10 })
        context.warn('a view was skipped')
        return Promise.resolve()
      },
    })

    const { warnings } = await run(plan([step('stop'), load]))

    expect(warnings).toEqual(['a view was skipped'])
    expect(events).toEqual([
      { kind: 'planned', title: 'restore medical from medical-1', steps: ['stop', 'load'] },
      { kind: 'started', step: 'stop' },
      { kind: 'done', step: 'stop', milliseconds: 1500 },
      { kind: 'started', step: 'load' },
      { kind: 'detail', step: 'load', text: '9 collections' },
      { kind: 'amount', step: 'load', amount: { bytes: 5, expected: 10 } },
      { kind: 'done', step: 'load', milliseconds: 0 },
    ])
  })
})
