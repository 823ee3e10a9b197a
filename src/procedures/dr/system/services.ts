import type { ComposeProject } from '../../../ports/compose.js'
import { withNeeds } from '../../stack/order.js'

/** Services that are to run, each behind what it depends on: neither jobs nor those of a profile, nor what was started before. */
export function otherServices(
  { services }: ComposeProject,
  started: ReadonlySet<string>,
  jobs: ReadonlySet<string>,
): readonly string[] {
  const usual = Object.values(services).filter(({ profiles }) => profiles.length === 0)
  return withNeeds(
    usual.map(({ name }) => name),
    services,
  ).filter((name) => !jobs.has(name) && !started.has(name))
}

/** Volumes that others than the servers mount: no backup of a server holds what was in them. */
export function otherVolumes(
  { services, volumes }: ComposeProject,
  servers: ReadonlySet<string>,
): readonly { readonly name: string; readonly services: readonly string[] }[] {
  return volumes.flatMap(({ key, name }) => {
    const users = Object.values(services).filter((service) => service.volumes.includes(key))
    const ofServer = users.some((service) => servers.has(service.name))
    return ofServer || users.length === 0
      ? []
      : [{ name, services: users.map((service) => service.name) }]
  })
}
