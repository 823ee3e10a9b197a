import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Step } from '../plan.js'

/** Writers of a target that run now, and what becomes of them. */
export interface RunningWriters {
  /** Stopped for the restore. */
  readonly stop: readonly string[]
  /** Started again afterwards: services only. A job (a loader that empties the collection first) never is. */
  readonly start: readonly string[]
}

/** What became of them so far, for the receipt. */
export class WriterState {
  /** Services that are stopped, or about to be, and have to be started again. */
  down: readonly string[]

  constructor(readonly writers: RunningWriters) {
    this.down = writers.start
  }
}

/**
 * Looks which writers run. Those that are down stay down, but for the services that an earlier run stopped and, cut off,
 * did not start again.
 */
export async function runningWriters(
  target: Target,
  world: World,
  stoppedBefore: readonly string[] = [],
): Promise<RunningWriters> {
  const { stack } = world
  if (!stack || target.writers.length === 0) return { stop: [], start: [] }
  const project = stack.project ?? (await world.compose.project(stack)).name
  const up = new Set(
    (await world.engine.containers(project))
      .filter(({ state }) => state === 'running' || state === 'restarting' || state === 'paused')
      .map(({ service }) => service),
  )
  const running = target.writers.filter(({ service }) => up.has(service))
  const services = target.writers
    .filter(
      ({ kind, service }) =>
        kind === 'service' && (up.has(service) || stoppedBefore.includes(service)),
    )
    .map(({ service }) => service)
  return { stop: running.map(({ service }) => service), start: services }
}

/** Stops the writers; taking it back starts the services again. No step where none runs. */
export function stopWriters(state: WriterState, world: World): readonly Step[] {
  const { stack, compose } = world
  const { stop, start } = state.writers
  if (!stack || stop.length === 0) return []
  return [
    {
      title: `Stop the writers: ${stop.join(', ')}`,
      effect: 'changes',
      undoOnlyIfWhole: true,
      run: ({ signal, detail }) => compose.stop(stack, stop, detail, signal),
      async undo({ signal, detail }) {
        if (start.length > 0) await compose.start(stack, start, detail, signal)
        state.down = []
      },
    },
  ]
}

/** Starts the services again that were stopped. The restore is proved by then: a service that will not start is another matter. */
export function startWriters(state: WriterState, world: World): readonly Step[] {
  const { stack, compose } = world
  const { start } = state.writers
  if (!stack || start.length === 0) return []
  return [
    {
      title: `Start the services again: ${start.join(', ')}`,
      effect: 'changes',
      afterwards: true,
      async run({ signal, detail }) {
        await compose.start(stack, start, detail, signal)
        state.down = []
      },
    },
  ]
}
