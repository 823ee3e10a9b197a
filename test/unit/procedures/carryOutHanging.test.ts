import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { carryOut, type Watch } from '../../../src/procedures/carryOut.js'
import type { Plan } from '../../../src/procedures/plan.js'
import { endingWithin } from '../../../src/procedures/underWay.js'
import { scene } from './scene.js'

const late = new Failure('timed-out', 'TIMED_OUT', 'not done within 30m (--timeout)', [])
const ctrlC = new Failure('interrupted', 'INTERRUPTED', 'interrupted', [])
const patience = { step: 30, undo: 30, file: 30 }

/** A disk that never answers. */
const never = () => new Promise<never>(() => undefined)

/** Carries out with little patience. */
function impatient(
  { world, controller, events }: ReturnType<typeof scene>,
  plan: Plan<string>,
  more: Partial<Watch> = {},
) {
  return carryOut(plan, world, {
    tell: (event) => events.push(event),
    signal: controller.signal,
    patience,
    ...more,
  })
}

describe('a step that never ends', () => {
  test.each([
    ['--timeout', late, 124],
    ['Ctrl-C', ctrlC, 130],
  ])(
    'is left to itself some time after %s: what came before it is undone, it is not',
    async (_, reason, exitCode) => {
      const all = scene()
      const { log, world, controller, step, plan } = all
      const hanging = step('load', {
        run: () => {
          controller.abort(reason)
          return never()
        },
      })

      await expect(
        impatient(all, plan([step('stop'), hanging, step('start')])),
      ).rejects.toMatchObject({
        code: reason.code,
        exitCode,
        message: `${reason.message}; "load" did not end within 0.03 s and was left to itself (a disk, a server or an engine does not answer); left as it is now, perhaps half done: "load"`,
        next: ['ops undo restore-20261121T130204Z-aaa1'],
        facts: { underWay: 'load' },
      })

      expect(log).toEqual(['stop', 'undo stop'])
      expect(world.receipts.saves.at(-1)).toMatchObject({
        state: 'failed',
        error: { code: reason.code },
      })
    },
  )

  test('keeps the lock, which is free once the process is gone: it may still write', async () => {
    const all = scene()
    const { world, controller, step, plan } = all
    const hanging = step('dump', {
      effect: 'reads',
      run: () => {
        controller.abort(late)
        return never()
      },
    })

    await expect(impatient(all, plan([hanging], { holds: 'lock' }))).rejects.toMatchObject({
      message: expect.not.stringContaining('half done') as string,
    })
    expect([...world.locks.held]).toHaveLength(1)
  })

  test('that ends by itself in time is a step like any other', async () => {
    const all = scene()
    const { log, world, controller, step, plan } = all
    const slow = step('load', {
      run: async () => {
        controller.abort(late)
        await new Promise((resolve) => setTimeout(resolve, 5))
        throw new Error('killed')
      },
    })

    await expect(impatient(all, plan([step('stop'), slow]))).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: expect.stringContaining('has been taken back') as string,
    })
    expect(log).toEqual(['stop', 'undo load', 'undo stop'])
    expect(world.locks.held.size).toBe(0)
  })

  test('that destroys keeps the writers stopped', async () => {
    const all = scene()
    const { log, controller, step, plan } = all
    const hanging = step('load', {
      effect: 'destroys',
      run: () => {
        controller.abort(late)
        return never()
      },
    })

    await expect(
      impatient(all, plan([step('stop', { undoOnlyIfWhole: true }), hanging])),
    ).rejects.toMatchObject({
      message: expect.stringContaining('still in force: "stop"') as string,
    })
    expect(log).toEqual(['stop'])
  })

  test('after the promise is kept makes the run partial', async () => {
    const all = scene()
    const { log, controller, step, plan } = all
    const copy = step('copy', {
      afterwards: true,
      run: () => {
        controller.abort(late)
        return never()
      },
    })
    const remove = step('remove', { afterwards: true })

    await expect(impatient(all, plan([step('dump'), copy, remove]))).rejects.toMatchObject({
      exitCode: 3,
      facts: { underWay: 'copy' },
    })
    expect(log).toEqual(['dump', 'remove'])
  })
})

describe('what never answers', () => {
  test('an undo: it is named, the others are carried out', async () => {
    const all = scene()
    const { log, world, step, plan, fails } = all
    const full = new Failure('space', 'SHELF_FULL', 'no space is left', [])

    await expect(
      impatient(
        all,
        plan([step('stop'), step('open', { undo: never }), step('load', { run: fails(full) })]),
      ),
    ).rejects.toMatchObject({
      code: 'SHELF_FULL',
      message: expect.stringContaining('taking back "open" did not end') as string,
      facts: { underWay: 'open' },
    })
    expect(log).toEqual(['stop', 'open', 'undo load', 'undo stop'])
    expect(world.receipts.saves.at(-1)).toMatchObject({ state: 'failed' })
  })

  test('the disk of the record: nothing is begun that could not be recorded', async () => {
    const all = scene()
    const { log, world, controller, step, plan } = all
    world.receipts.save = () => {
      controller.abort(late)
      return never()
    }

    await expect(impatient(all, plan([step('load')]))).rejects.toMatchObject({
      exitCode: 124,
      facts: { underWay: 'write the record' },
    })
    expect(log).toEqual([])
  })

  test('the disk of a lock: one that comes too late is let go of', async () => {
    const all = scene()
    const { log, world, controller, step, plan } = all
    let give: () => void = () => undefined
    const take = world.locks.take.bind(world.locks)
    world.locks.take = async (...given) => {
      controller.abort(ctrlC)
      await new Promise<void>((resolve) => {
        give = resolve
      })
      return take(...given)
    }

    await expect(impatient(all, plan([step('load')]))).rejects.toMatchObject({ exitCode: 130 })
    give()
    await expect.poll(() => world.locks.log).toEqual(['take medical', 'release medical'])
    expect(log).toEqual([])
  })

  test('anything else that nobody tells to stop has its time', async () => {
    await expect(endingWithin(never(), 'look', 5)).rejects.toMatchObject({
      code: 'STILL_UNDER_WAY',
      facts: { underWay: 'look' },
    })
    await expect(endingWithin(Promise.resolve('seen'), 'look', 5)).resolves.toBe('seen')
  })

  test('the release of a lock: the run is as good as it was, with a warning', async () => {
    const all = scene()
    const { world, step, plan } = all
    const take = world.locks.take.bind(world.locks)
    world.locks.take = async (...given) => ({ ...(await take(...given)), release: never })

    const { result, warnings } = await impatient(all, plan([step('load')]))
    expect(result).toBe('restore-20261121T130204Z-aaa1')
    expect(warnings).toEqual([expect.stringContaining('a lock could not be released')])
  })
})
