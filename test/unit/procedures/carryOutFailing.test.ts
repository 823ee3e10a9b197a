import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { carryOut } from '../../../src/procedures/carryOut.js'
import type { Step } from '../../../src/procedures/plan.js'
import { scene } from './scene.js'

const full = new Failure('failed', 'MONGORESTORE_FAILED', 'mongorestore stopped: disk full', [
  'ops troubleshoot disk',
])
const ctrlC = new Failure('interrupted', 'INTERRUPTED', 'interrupted', [])

describe('a step that fails', () => {
  test('has every step that was begun undone, newest first, itself included', async () => {
    const { log, world, step, plan, run, fails } = scene()

    await expect(
      run(plan([step('stop'), step('load', { run: fails(full) }), step('start')])),
    ).rejects.toMatchObject({
      code: 'MONGORESTORE_FAILED',
      message: 'mongorestore stopped: disk full; everything that was changed has been taken back',
      next: ['ops troubleshoot disk'],
      exitCode: 1,
      facts: { receipt: 'restore-20261121T130204Z-aaa1' },
    })

    expect(log).toEqual(['stop', 'undo load', 'undo stop'])
    expect(world.receipts.saves.at(-1)).toMatchObject({
      state: 'rolled-back',
      steps: ['stop'],
      error: { code: 'MONGORESTORE_FAILED', message: 'mongorestore stopped: disk full' },
    })
    expect(world.locks.held.size).toBe(0)
  })

  test('does not advise to undo once everything has been taken back: that would take back something older', async () => {
    const { step, plan, run, fails } = scene()
    const failing = new Failure('failed', 'RESTORE_FAILED', 'it failed', ['ops doctor', 'ops undo'])
    await expect(
      run(plan([step('stop'), step('load', { run: fails(failing) })])),
    ).rejects.toMatchObject({ next: ['ops doctor'] })
  })

  test('says nothing of taking back where nothing was changed', async () => {
    const { world, step, plan, run, fails } = scene()
    const look: Step = { title: 'look', effect: 'reads', run: fails(full) }

    await expect(run(plan([look, step('load')]))).rejects.toMatchObject({
      message: 'mongorestore stopped: disk full',
    })
    expect(world.receipts.saves).toEqual([])
  })

  test('whose destruction knows no way back leaves a failed receipt and names the safety backup', async () => {
    const { step, plan, run, fails } = scene()
    const drop: Step = { title: 'drop', effect: 'destroys', run: fails(full) }

    await expect(
      run(plan([step('stop'), drop], { receipt: () => ({ safetyBackup: 'medical-2-safety' }) })),
    ).rejects.toMatchObject({
      message:
        'mongorestore stopped: disk full; left as it is now, perhaps half done: "drop"; the state before is in backup medical-2-safety',
      next: ['ops undo restore-20261121T130204Z-aaa1', 'ops troubleshoot disk'],
    })
  })

  test('is a bug still when it threw no Failure, after everything was taken back', async () => {
    const { log, world, step, plan, run, fails } = scene()
    const bug = new TypeError('x is undefined')

    await expect(run(plan([step('stop', { run: fails(bug) })]))).rejects.toBe(bug)

    expect(log).toEqual(['undo stop'])
    expect(world.receipts.saves.at(-1)).toMatchObject({
      state: 'rolled-back',
      error: { code: 'BUG' },
    })
  })
})

describe('an undo that fails', () => {
  test('does not keep the others from being undone; the failure names it and the first cause', async () => {
    const { log, events, world, step, plan, run, fails } = scene()
    const stuck = step('drop', { undo: fails(new Error('server is gone')) })

    await expect(
      run(plan([step('stop'), stuck, step('load', { run: fails(full) })])),
    ).rejects.toMatchObject({
      code: 'UNDO_INCOMPLETE',
      kind: 'failed',
      message:
        'mongorestore stopped: disk full; then taking it back failed too: "drop" (server is gone)',
      next: ['ops undo restore-20261121T130204Z-aaa1', 'ops troubleshoot disk'],
      cause: full,
      facts: { first: 'MONGORESTORE_FAILED' },
    })

    expect(log).toEqual(['stop', 'drop', 'undo load', 'undo stop'])
    expect(events.slice(-3).map((event) => event.kind)).toEqual(['undone', 'stuck', 'undone'])
    expect(world.receipts.saves.at(-1)?.state).toBe('failed')
  })
})

describe('an interruption', () => {
  test('ends the running step with its own reason and undoes, with a signal that still works', async () => {
    const { log, controller, step, plan, run } = scene()
    let signalOfUndo: AbortSignal | undefined
    const load = step('load', {
      run: () => {
        controller.abort(ctrlC)
        return Promise.reject(new Error('mongorestore was killed'))
      },
      undo(context) {
        signalOfUndo = context.signal
        return Promise.resolve()
      },
    })

    await expect(run(plan([step('stop'), load]))).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    })

    expect(signalOfUndo?.aborted).toBe(false)
    expect(log).toEqual(['stop', 'undo stop'])
  })

  test('leaves alone what takes long to undo, says what state things are in and how to go back', async () => {
    const { log, controller, world, step, plan, run } = scene()
    const load = step('load', {
      effect: 'destroys',
      undoWhen: 'failure',
      run: () => {
        controller.abort(ctrlC)
        return Promise.reject(new Error('killed'))
      },
    })

    await expect(run(plan([step('stop'), load]))).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'interrupted; left as it is now, perhaps half done: "load"',
      next: ['ops undo restore-20261121T130204Z-aaa1'],
    })

    expect(log).toEqual(['stop', 'undo stop'])
    expect(world.receipts.saves.at(-1)?.state).toBe('failed')
  })

  test('undoes what takes long after a time-out, which nobody is waiting out', async () => {
    const { log, controller, step, plan, run } = scene()
    const late = new Failure('timed-out', 'TIMED_OUT', 'not done in time', [])
    const load = step('load', {
      undoWhen: 'failure',
      run: () => {
        controller.abort(late)
        return Promise.reject(new Error('killed'))
      },
    })

    await expect(run(plan([load]))).rejects.toMatchObject({ code: 'TIMED_OUT', exitCode: 124 })
    expect(log).toEqual(['undo load'])
  })

  test('between two steps keeps the next one from starting', async () => {
    const { log, controller, step, plan, run } = scene()
    const stop = step('stop', {
      run: () => {
        controller.abort(ctrlC)
        return Promise.resolve()
      },
    })

    await expect(run(plan([stop, step('load')]))).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(log).toEqual(['undo stop'])
  })
})

describe('a lock or a record that cannot be had', () => {
  test('keeps everything from starting when another run holds the target, and frees what was taken', async () => {
    const { log, world, step, plan, run } = scene()
    await world.locks.take('shop', 'backup')

    await expect(run(plan([step('down')], { locks: ['medical', 'shop'] }))).rejects.toMatchObject({
      code: 'TARGET_LOCKED',
      exitCode: 11,
    })
    expect(log).toEqual([])
    expect([...world.locks.held.keys()]).toEqual(['shop'])
  })

  test('stops before the first change when the receipt cannot be written', async () => {
    const { log, world, step, plan, run } = scene()
    world.receipts.refuse = () => true

    await expect(run(plan([step('drop')]))).rejects.toMatchObject({
      code: 'RECEIPT_UNWRITTEN',
      kind: 'failed',
    })
    expect(log).toEqual([])
  })

  test('is only partly good when all is done but the receipt cannot be closed', async () => {
    const { log, world, step, plan, run } = scene()
    world.receipts.refuse = ({ state }) => state === 'done'

    await expect(run(plan([step('load')]))).rejects.toMatchObject({
      code: 'RECEIPT_UNWRITTEN',
      exitCode: 3,
    })
    expect(log).toEqual(['load'])
  })

  test('warns when the record of a failure cannot be closed, and still ends with the failure', async () => {
    const { world, step, plan, fails } = scene()
    world.receipts.refuse = ({ state }) => state === 'rolled-back'
    const heard: string[] = []

    await expect(
      carryOut(plan([step('load', { run: fails(full) })]), world, {
        tell: () => undefined,
        signal: new AbortController().signal,
        warn: (text) => heard.push(text),
      }),
    ).rejects.toMatchObject({ code: 'MONGORESTORE_FAILED' })
    expect(heard).toEqual([expect.stringContaining('could not be written')])
  })

  test('warns when a lock cannot be given back, for the work is done', async () => {
    const { world, step, plan, run } = scene()
    world.locks.take = () => Promise.resolve({ release: () => Promise.reject(new Error('EACCES')) })

    expect((await run(plan([step('load')]))).warnings).toEqual([
      'a lock could not be released: EACCES',
    ])
  })
})
