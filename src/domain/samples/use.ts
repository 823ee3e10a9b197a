import type { UseSample } from './sample.js'

/** What a container used at a moment. */
export interface UsePoint {
  /** RFC 3339 UTC. */
  readonly at: string
  /**
   * Of one core, on the average since the sample before it: two busy cores read 200. Null for the first, and for the first after
   * a restart.
   */
  readonly cpuPercent: number | null
  readonly memoryBytes: number
  /** 0: no limit. */
  readonly memoryLimitBytes: number
}

/** What a running container uses, and what it used when it was looked at before. */
export interface UseSeen {
  readonly service: string
  readonly container: string
  /** Of one core, on the average since it was looked at last; null where it was not, or was started since. */
  readonly cpuPercent: number | null
  readonly memoryBytes: number
  /** 0: no limit. */
  readonly memoryLimitBytes: number
  /** This and the looks before, the oldest first. */
  readonly trend: readonly UsePoint[]
}

/** Milliseconds between two samples: below that, rounding is most of the difference. */
const shortest = 200

/** The samples of one container, in any order, as a series. */
export function usePoints(samples: readonly UseSample[]): readonly UsePoint[] {
  const inOrder = samples.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
  return inOrder.map((sample, index) => {
    const { at, memoryBytes, memoryLimitBytes } = sample
    return { at, cpuPercent: cpuBetween(inOrder[index - 1], sample), memoryBytes, memoryLimitBytes }
  })
}

/** Nanoseconds of processor time for each that passed. */
function cpuBetween(before: UseSample | undefined, now: UseSample): number | null {
  if (before?.id !== now.id) return null
  const passed = Date.parse(now.at) - Date.parse(before.at)
  const used = now.cpuNanoseconds - before.cpuNanoseconds
  // A container that was started again counts from nothing.
  if (passed < shortest || used < 0) return null
  return Math.round((used / 1e6 / passed) * 1000) / 10
}

/** Samples by their container, in the order in which the containers were met. */
export function byContainer(
  samples: readonly UseSample[],
): ReadonlyMap<string, readonly UseSample[]> {
  const found = new Map<string, UseSample[]>()
  for (const sample of samples) {
    const known = found.get(sample.container)
    if (known) known.push(sample)
    else found.set(sample.container, [sample])
  }
  return found
}
