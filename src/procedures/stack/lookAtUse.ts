import type { UseSample } from '../../domain/samples/sample.js'
import { byContainer, usePoints, type UseSeen } from '../../domain/samples/use.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'

/**
 * Milliseconds between samples that are kept: a screen that looks every few seconds, day and night, must not push a month of them out
 * of their file.
 */
const shortest = 60_000

/** Bytes of what was kept that are read for a trend: a few hundred samples. */
const recent = 64 * 1024

type UseWorld = Pick<World, 'engine' | 'samples'>

/** Points of a trend. */
const trendPoints = 8

/**
 * Reads the meters of what runs, once, and keeps them for the next look. That they could not be kept, or that nothing could be read of
 * what was kept before, is no reason to fail: then there is no trend. Throws `ENGINE_UNREACHABLE` (environment).
 */
export async function lookAtUse(
  project: string,
  containers: readonly ContainerFacts[],
  world: UseWorld,
): Promise<readonly UseSeen[]> {
  const [now, kept] = await Promise.all([
    readMeters(project, containers, world),
    world.samples.use.kept(recent).catch(() => ({ samples: [] })),
  ])
  const before = kept.samples.filter((sample) => sample.project === project)
  await keepUse(now, before, world)
  return now.map((sample) => seenOf(sample, before))
}

/** The meters of what runs, as samples. Throws `ENGINE_UNREACHABLE` (environment). */
export async function readMeters(
  project: string,
  containers: readonly ContainerFacts[],
  { engine }: Pick<World, 'engine'>,
): Promise<readonly UseSample[]> {
  const running = containers.filter(({ state }) => state === 'running')
  const services = new Map(running.map(({ name, service }) => [name, service ?? name]))
  const meters = await engine.meters([...services.keys()])
  return meters
    .map(({ at, name, id, cpuNanoseconds, memoryBytes, memoryLimitBytes }) => ({
      at,
      project,
      service: services.get(name) ?? name,
      container: name,
      id,
      cpuNanoseconds,
      memoryBytes,
      memoryLimitBytes,
    }))
    .toSorted((one, other) => one.container.localeCompare(other.container))
}

/** Keeps samples, unless the last ones are hardly older. A state folder that takes none is none of a look's business. */
export async function keepUse(
  now: readonly UseSample[],
  before: readonly UseSample[],
  { samples }: Pick<World, 'samples'>,
): Promise<void> {
  const known = byContainer(before)
  const worth = now.filter(({ at, container, id }) => {
    const last = known.get(container)?.at(-1)
    return last?.id !== id || Date.parse(at) - Date.parse(last.at) >= shortest
  })
  await samples.use.keep(worth).catch(() => undefined)
}

function seenOf(now: UseSample, before: readonly UseSample[]): UseSeen {
  const own = before.filter(({ container }) => container === now.container)
  const trend = usePoints([...own, now])
  return {
    service: now.service,
    container: now.container,
    cpuPercent: trend.at(-1)?.cpuPercent ?? null,
    memoryBytes: now.memoryBytes,
    memoryLimitBytes: now.memoryLimitBytes,
    trend: trend.slice(-trendPoints),
  }
}
