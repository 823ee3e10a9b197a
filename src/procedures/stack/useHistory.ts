import { byContainer, usePoints, type UsePoint } from '../../domain/samples/use.js'
import { summaryOf, type Summary } from '../../domain/samples/summary.js'
import type { UseSample } from '../../domain/samples/sample.js'
import type { World } from '../../ports/world.js'
import { keepUse, readMeters } from './lookAtUse.js'
import { servicesNamed } from './names.js'
import { lookAtProject } from './project.js'

/** What a container used over some time. */
export interface ContainerHistory {
  readonly service: string
  readonly container: string
  /** Per cent of one core; null where it was looked at less than twice. */
  readonly cpu: Summary | null
  /** Bytes. */
  readonly memory: Summary | null
  /** The newest; 0: no limit. */
  readonly memoryLimitBytes: number
  /** Every look, the oldest first. */
  readonly samples: readonly UsePoint[]
}

/** What `stack stats --since` answers. Times are RFC 3339 UTC. */
export interface UseHistory {
  readonly project: string
  readonly since: string
  readonly until: string
  readonly containers: readonly ContainerHistory[]
  /** Lines of the file of samples that could not be read, and were passed over. */
  readonly damaged: number
}

/**
 * What containers used since then, as far as ops looked; it looks now as well. Throws `SERVICE_UNKNOWN` (not-found), what the
 * project and the engine throw, and `STATE_UNWRITABLE` (environment) where the samples cannot be read.
 */
export async function useHistory(
  names: readonly string[],
  since: Date,
  world: Pick<World, 'stack' | 'compose' | 'engine' | 'samples' | 'clock'>,
): Promise<UseHistory> {
  const live = await lookAtProject(world)
  const wanted = names.length === 0 ? undefined : servicesNamed(names, live)
  const project = live.project.name
  const [now, kept] = await Promise.all([
    readMeters(project, live.containers, world),
    world.samples.use.kept(),
  ])
  const before = kept.samples.filter((sample) => sample.project === project)
  await keepUse(now, before, world)
  const shown = [...before, ...now].filter(
    ({ service }) => wanted === undefined || wanted.includes(service),
  )
  return {
    project,
    since: since.toISOString(),
    until: world.clock.now().toISOString(),
    containers: [...byContainer(shown).values()]
      .flatMap((samples) => historyOf(samples, since) ?? [])
      .toSorted((one, other) => one.container.localeCompare(other.container)),
    damaged: kept.damaged,
  }
}

/** Nothing where no sample is that new. The one before the first still tells what was used until it. */
function historyOf(samples: readonly UseSample[], since: Date): ContainerHistory | undefined {
  const points = usePoints(samples).filter(({ at }) => Date.parse(at) >= since.getTime())
  const newest = samples.at(-1)
  if (!newest || points.length === 0) return undefined
  return {
    service: newest.service,
    container: newest.container,
    cpu: summaryOf(points.flatMap(({ cpuPercent }) => cpuPercent ?? [])),
    memory: summaryOf(points.map(({ memoryBytes }) => memoryBytes)),
    memoryLimitBytes: newest.memoryLimitBytes,
    samples: points,
  }
}
