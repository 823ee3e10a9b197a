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

/** Looks which writers run. Those that are down stay down. */
export async function runningWriters(target: Target, world: World): Promise<RunningWriters> {
  const { stack } = world
  if (!stack || target.writers.length === 0) return { stop: [], start: [] }
  const project = stack.project ?? (await world.compose.project(stack)).name
  const up = new Set(
    (await world.engine.containers(project))
      .filter(({ state }) => state === 'running' || state === 'restarting' || state === 'paused')
      .map(({ service }) => service),
  )
  const running = target.writers.filter(({ service }) => up.has(service))
  return {
    stop: running.map(({ service }) => service),
    start: running.filter(({ kind }) => kind === 'service').map(({ service }) => service),
  }
}

/** Stops the writers; taking it back starts the services again. No step where none runs. */
export function stopWriters({ stop, start }: RunningWriters, world: World): readonly Step[] {
  const { stack, compose } = world
  if (!stack || stop.length === 0) return []
  return [
    {
      title: `Stop the writers: ${stop.join(', ')}`,
      effect: 'changes',
      run: ({ signal, detail }) => compose.stop(stack, stop, detail, signal),
      undo: ({ signal, detail }) =>
        start.length > 0 ? compose.start(stack, start, detail, signal) : Promise.resolve(),
    },
  ]
}

/** Starts the services again that were stopped. */
export function startWriters({ start }: RunningWriters, world: World): readonly Step[] {
  const { stack, compose } = world
  if (!stack || start.length === 0) return []
  return [
    {
      title: `Start the services again: ${start.join(', ')}`,
      effect: 'changes',
      run: ({ signal, detail }) => compose.start(stack, start, detail, signal),
    },
  ]
}
