import { describe, expect, test } from 'vitest'
import { patiently } from '../../../src/cli/door.js'
import { follow } from '../../../src/cli/follow.js'
import { later } from '../../../src/cli/later.js'
import { Failure } from '../../../src/domain/failure.js'
import type { Plan, Procedure } from '../../../src/procedures/plan.js'
import type { World } from '../../../src/ports/world.js'
import { fakeWorld } from '../../fakes/world.js'
import { fakeDoor } from './door.js'

function scene(effect: 'changes' | 'destroys' = 'destroys') {
  const log: string[] = []
  const plan: Plan<string> = {
    command: 'restore',
    target: 'medical',
    title: 'restore medical',
    facts: [['Backup', 'medical-1']],
    loses: ['every write since'],
    steps: [
      {
        title: 'Restore',
        effect,
        run: ({ warn }) => {
          log.push('run')
          warn('a view was skipped')
          return Promise.resolve()
        },
      },
    ],
    release: () => {
      log.push('released')
      return Promise.resolve()
    },
    result: () => 'done',
  }
  const procedure: Procedure<undefined, string, World> = {
    id: 'restore',
    summary: 'x',
    plan: () => Promise.resolve(plan),
  }
  return { log, procedure, world: fakeWorld().world }
}

describe('following a procedure', () => {
  test('a dry run shows the plan, changes nothing, and lets go of what planning put down', async () => {
    const { log, procedure, world } = scene()
    const followed = await follow(procedure, undefined, world, { 'dry-run': true }, fakeDoor().door)
    expect(followed).toEqual({
      dryRun: true,
      plan: {
        command: 'restore',
        target: 'medical',
        title: 'restore medical',
        facts: [['Backup', 'medical-1']],
        loses: ['every write since'],
        steps: [{ title: 'Restore', effect: 'destroys' }],
      },
    })
    expect(log).toEqual(['released'])
  })

  test('what destroys is shown and refused without a name, and nothing is left behind', async () => {
    const { log, procedure, world } = scene()
    const { door, written } = fakeDoor()
    await expect(follow(procedure, undefined, world, {}, door)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    })
    expect(written.stderr).toContain('You lose  every write since')
    expect(log).toEqual(['released'])
  })

  test('with the name it is carried out, and its warnings are heard', async () => {
    const { log, procedure, world } = scene()
    const { door, written } = fakeDoor()
    const followed = await follow(procedure, undefined, world, { confirm: 'medical' }, door)
    expect(followed).toEqual({ done: 'done' })
    expect(log).toEqual(['run', 'released'])
    expect(door.warnings).toEqual(['a view was skipped'])
    expect(written.stderr).toContain('notice   ! a view was skipped')
    expect(written.stdout).toBe('')
  })

  test('what only changes is carried out without a question', async () => {
    const { log, procedure, world } = scene('changes')
    await follow(procedure, undefined, world, {}, fakeDoor({ quiet: true }).door)
    expect(log).toEqual(['run', 'released'])
  })

  test('under --json nothing at all is written, and warnings are kept for the envelope', async () => {
    const { procedure, world } = scene()
    const { door, written } = fakeDoor({ json: true })
    await follow(procedure, undefined, world, { confirm: 'medical' }, door)
    expect(written).toEqual({ stdout: '', stderr: '' })
    expect(door.warnings).toEqual(['a view was skipped'])
  })

  test('a plan that comes after the operator gave up is let go of', async () => {
    const { log, procedure, world } = scene()
    const { door, stopWith } = fakeDoor()
    let arrive: () => void = () => undefined
    const slow: typeof procedure = {
      ...procedure,
      plan: async (request, about) => {
        await new Promise<void>((resolve) => (arrive = resolve))
        return procedure.plan(request, about)
      },
    }
    const following = follow(slow, undefined, world, {}, door)
    const ctrlC = new Failure('interrupted', 'INTERRUPTED', 'x', [])
    stopWith(ctrlC)
    await expect(following).rejects.toBe(ctrlC)
    arrive()
    await new Promise(setImmediate)
    expect(log).toEqual(['released'])
  })
})

describe('waiting', () => {
  test('ends with the reason for stopping, not with the answer', async () => {
    const { door, stopWith } = fakeDoor()
    const waiting = patiently(door, new Promise(() => undefined))
    stopWith(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(patiently(door, Promise.resolve(1))).rejects.toThrow('enough')
  })
})

describe('a port that is loaded later', () => {
  interface Port {
    greet(name: string): Promise<string>
  }

  test('loads at its first call, once', async () => {
    let loads = 0
    const port = later<Port>(() => {
      loads += 1
      return Promise.resolve({ greet: (name) => Promise.resolve(`hello ${name}`) })
    })
    expect(loads).toBe(0)
    expect(await Promise.all([port.greet('a'), port.greet('b')])).toEqual(['hello a', 'hello b'])
    expect(loads).toBe(1)
  })

  test('tries again after a load that failed', async () => {
    let loads = 0
    const port = later<Port>(() => {
      loads += 1
      if (loads === 1) return Promise.reject(new Error('not now'))
      return Promise.resolve({ greet: () => Promise.resolve('hello') })
    })
    await expect(port.greet('a')).rejects.toThrow('not now')
    expect(await port.greet('a')).toBe('hello')
  })
})
