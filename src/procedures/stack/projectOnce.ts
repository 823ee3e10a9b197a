import type { ComposeProject } from '../../ports/compose.js'
import type { World } from '../../ports/world.js'
import { withInstead } from '../withInstead.js'

/**
 * A world for one look at everything: its compose project is read once, whoever asks for it. That takes a process which resolves files, and
 * ends with the signal.
 */
export function withProjectOnce<Around extends Pick<World, 'compose'>>(
  world: Around,
  signal: AbortSignal,
): Around {
  const { compose } = world
  let reading: Promise<ComposeProject> | undefined
  const project = (...[stack]: Parameters<typeof compose.project>) => {
    if (!reading) {
      reading = compose.project(stack, signal)
      // It may be asked for by somebody who does not wait for it any more.
      reading.catch(() => undefined)
    }
    return reading
  }
  return { ...world, compose: withInstead(compose, { project }) }
}
