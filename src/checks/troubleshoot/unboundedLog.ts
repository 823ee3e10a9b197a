import type { ContainerFacts } from '../../ports/engine.js'

/**
 * The file that a container logs into where the engine never begins it anew, absolute. The driver `json-file` bounds a log only where it
 * has `max-size`; `local` does so by itself (https://docs.docker.com/engine/logging/drivers/json-file/).
 */
export function unboundedLog({ log }: Pick<ContainerFacts, 'log'>): string | undefined {
  if (log?.driver !== 'json-file') return undefined
  // 0 and less is no bound.
  return Number.parseFloat(log.options['max-size'] ?? '') > 0 ? undefined : log.path
}
