import { describe, expect, test } from 'vitest'
import type { ContainerMeters, Engine } from '../../../src/ports/engine.js'
import type { World } from '../../../src/ports/world.js'
import { lookAtUse } from '../../../src/procedures/stack/lookAtUse.js'
import { useHistory } from '../../../src/procedures/stack/useHistory.js'
import { useHistoryScreen } from '../../../src/report/useHistory.js'
import { container } from '../../fakes/stack.js'
import { pipe, terminal } from '../report/canvas.js'
import { stackScene } from './scene.js'

/** A stack of which `busy` seconds of processor time pass for each second on the clock. */
function scene(busy = 0.5) {
  const all = stackScene([container('mongodb'), container('api', { state: 'exited' })])
  const meters = (names: readonly string[]): Promise<readonly ContainerMeters[]> =>
    Promise.resolve(
      names.map((name) => ({
        name,
        id: 'c0ffee',
        at: all.world.clock.now().toISOString(),
        cpuNanoseconds: all.world.clock.elapsed() * 1e6 * busy,
        memoryBytes: 1e8 + all.world.clock.elapsed(),
        memoryLimitBytes: 1e9,
      })),
    )
  const engine: Engine = { ...all.world.engine, meters }
  const world: World = { ...all.world, engine }
  const look = () => lookAtUse('healthcare', all.project.stack.containers, world)
  return { ...all, world, look }
}

describe('looking at what containers use', () => {
  test('tells no processor at first, and from then on the average since the last look', async () => {
    const { look, clock } = scene()
    expect(await look()).toMatchObject([{ service: 'mongodb', cpuPercent: null, memoryBytes: 1e8 }])
    clock.advance(60_000)
    const [mongodb] = await look()
    expect(mongodb).toMatchObject({ cpuPercent: 50, memoryLimitBytes: 1e9 })
    expect(mongodb?.trend.map(({ cpuPercent }) => cpuPercent)).toEqual([null, 50])
  })

  test('keeps no more than one a minute, so that a watch does not push a month out of its file', async () => {
    const { look, clock, world } = scene()
    for (let looks = 0; looks < 36; looks += 1) {
      await look()
      clock.advance(5_000)
    }
    expect((await world.samples.use.kept()).samples).toHaveLength(3)
  })

  test('goes on where nothing can be kept or read', async () => {
    const { world, project } = scene()
    const refuse = () => Promise.reject(new Error('EROFS'))
    const samples = { ...world.samples, use: { keep: refuse, kept: refuse } }
    const seen = await lookAtUse('healthcare', project.stack.containers, { ...world, samples })
    expect(seen).toMatchObject([{ container: 'healthcare_mongodb', cpuPercent: null }])
  })

  test('does not mix stacks that share a state folder', async () => {
    const { look, world, clock, project } = scene()
    await lookAtUse('another', project.stack.containers, world)
    clock.advance(60_000)
    expect((await look())[0]?.trend).toHaveLength(1)
  })
})

describe('what was used since a time', () => {
  const since = (world: World, hours: number) =>
    new Date(world.clock.now().getTime() - hours * 3_600_000)

  test('is each look, with the least, the middle and the most', async () => {
    const { look, world, clock } = scene()
    for (let hour = 0; hour < 5; hour += 1) {
      await look()
      clock.advance(3_600_000)
    }
    const history = await useHistory([], since(world, 3), world)
    expect(history).toMatchObject({ project: 'healthcare', damaged: 0 })
    const [mongodb] = history.containers
    expect(mongodb?.samples).toHaveLength(4)
    expect(mongodb).toMatchObject({
      service: 'mongodb',
      cpu: { min: 50, median: 50, max: 50 },
      memory: { min: 1e8 + 2 * 3_600_000, max: 1e8 + 5 * 3_600_000 },
    })
  })

  test('leaves out other services, and names one that is not there', async () => {
    const { world } = scene()
    expect((await useHistory(['api'], since(world, 1), world)).containers).toEqual([])
    await expect(useHistory(['mongo'], since(world, 1), world)).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
    })
  })

  test('counts damaged lines', async () => {
    const { world, samples, look } = scene()
    await look()
    samples.lines('use').text += 'half a li\n'
    expect((await useHistory([], since(world, 1), world)).damaged).toBe(1)
  })

  test('is drawn as bars that fit, and as plain lines in a pipe', async () => {
    const { look, world, clock } = scene()
    for (let hour = 0; hour < 5; hour += 1) {
      await look()
      clock.advance(3_600_000)
    }
    const history = await useHistory([], since(world, 5), world)
    const screen = useHistoryScreen(history, terminal)
    expect(screen).toMatch(/mongodb +CPU % +[▁▂▃▄▅▆▇█·]{10,}/)
    expect(Math.max(...screen.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
    expect(useHistoryScreen(history, { ...terminal, columns: 40 })).not.toMatch(/[▁▂▃▄▅▆▇█·]{2}/)
    const lines = useHistoryScreen(history, pipe).split('\n')
    expect(lines[0]).toBe('CONTAINER\tAT\tCPU %\tMEMORY\tLIMIT')
    expect(lines).toHaveLength(7)
    expect(useHistoryScreen({ ...history, containers: [] }, terminal)).toContain('ops status')
  })
})
