import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'

/** A project as far as names of containers go. */
export interface NamedServices {
  readonly name: string
  readonly services: Readonly<Record<string, { readonly containerName?: string }>>
}

/**
 * The service of a project that a target's server is; nothing where it runs outside of it. A container is known by the service that
 * compose labelled it with, where it is there; else by the name that its service gives it, or that compose would (`project-service-1`, with
 * underlines in its first version), or by that of the service itself.
 */
export function serviceOf(
  { place }: Pick<Target, 'place'>,
  { name: project, services }: NamedServices,
  containers: readonly Pick<ContainerFacts, 'name' | 'service'>[] = [],
): string | undefined {
  if (place.kind === 'server') return undefined
  if (place.kind === 'service') return services[place.service] && place.service
  const { container } = place
  const live = containers.find(({ name }) => name === container)?.service
  if (live !== undefined) return live
  const named = Object.entries(services).find(([service, { containerName }]) =>
    [containerName, `${project}-${service}-1`, `${project}_${service}_1`].includes(container),
  )
  return named?.[0] ?? (services[container] && container)
}
