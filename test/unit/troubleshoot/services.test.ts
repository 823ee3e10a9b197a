import { describe, expect, test } from 'vitest'
import type { Compose } from '../../../src/ports/compose.js'
import { atMost } from '../../../src/procedures/atMost.js'
import { lookAtServices } from '../../../src/procedures/troubleshoot/lookAtServices.js'
import { healthcare, service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { bedside } from './world.js'

const names = Array.from({ length: 12 }, (_, n) => `ward_${n.toString()}`)
const startedAt = '2026-11-21T13:00:00.000Z'
const never = () => new Promise<void>(() => undefined)

/** A stack of many containers, whose logs answer when `answer` is called, and that counts what is asked of it. */
function ward(lastLines?: Compose['lastLines']) {
  const it = bedside()
  it.project.stack.containers.splice(0)
  it.project.stack.containers.push(...names.map((name) => container(name, { startedAt })))
  it.project.project = {
    ...healthcare,
    services: Object.fromEntries(names.map((name) => [name, service(name)])),
  }
  const asked = { logs: [] as string[], use: 0, most: 0 }
  let reading = 0
  const world = {
    ...it.world,
    engine: {
      ...it.world.engine,
      use: () => {
        asked.use += 1
        return Promise.resolve([])
      },
    },
    compose: {
      ...it.world.compose,
      lastLines: async (...given: Parameters<Compose['lastLines']>) => {
        asked.logs.push(given[0])
        reading += 1
        asked.most = Math.max(asked.most, reading)
        await new Promise((resolve) => setTimeout(resolve, 1))
        reading -= 1
        return lastLines ? lastLines(...given) : [`${startedAt} ${given[0]} says`, 'no time']
      },
    },
  }
  const over = new AbortController()
  const watch = { clock: { sleep: never }, signal: over.signal }
  const look = (routine?: true) =>
    lookAtServices({ targets: [medical], ...(routine ? { routine } : {}) }, world, watch)
  return { asked, look, over }
}

describe('looking at the services of a stack', () => {
  test('reads each log once, and four of them at a time', async () => {
    const { asked, look } = ward()
    const found = await look()
    expect(found.map(({ lines }) => lines)).toEqual(
      names.map((name) => ({
        state: 'seen',
        facts: [{ at: startedAt, text: `healthcare_${name} says` }],
      })),
    )
    expect(asked.logs.toSorted()).toEqual(names.map((name) => `healthcare_${name}`).toSorted())
    expect(asked.most).toBe(4)
  })

  test('measures nothing that takes its time where it is asked every minute', async () => {
    const { asked, look } = ward()
    expect((await look(true)).some(({ use }) => use)).toBe(false)
    expect(asked.use).toBe(0)
    expect((await look()).every(({ use }) => use?.state === 'seen')).toBe(true)
    expect(asked.use).toBe(1)
  })

  test('one log that cannot be read hides no other', async () => {
    const { look } = ward((name) =>
      name === 'healthcare_ward_3'
        ? Promise.reject(new Error('no such driver'))
        : Promise.resolve([`${startedAt} fine`]),
    )
    const found = await look()
    expect(found.filter(({ lines }) => lines.state !== 'seen')).toMatchObject([
      { service: 'ward_3', lines: { state: 'unseen', because: 'Error: no such driver' } },
    ])
  })

  test('ends with the run, and begins no other log then', async () => {
    const ended: string[] = []
    const { asked, look, over } = ward(
      (name, _count, { signal } = {}) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            ended.push(name)
            reject(signal.reason as Error)
          })
        }),
    )
    const looking = look()
    await new Promise((resolve) => setTimeout(resolve, 20))
    over.abort(new Error('the run is over'))
    await expect(looking).rejects.toThrow('the run is over')
    expect(ended).toHaveLength(4)
    expect(asked.logs).toHaveLength(4)
  })
})

test('what fails gives its turn to the next', async () => {
  const inTurn = atMost(1)
  const first = inTurn(() => Promise.reject(new Error('it failed')))
  const second = inTurn(() => Promise.resolve('done'))
  await expect(first).rejects.toThrow('it failed')
  expect(await second).toBe('done')
})
