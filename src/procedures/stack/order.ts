import type { ComposeService } from '../../ports/compose.js'

/** Services of a project, as far as their order goes. */
type Services = Readonly<Record<string, Pick<ComposeService, 'dependsOn' | 'restart'>>>

const none: ReadonlySet<string> = new Set()

/** These services and everything that they depend on, each behind what it depends on; nothing is followed into those left out. */
export function withNeeds(
  names: Iterable<string>,
  services: Services,
  leftOut: ReadonlySet<string> = none,
): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name) || leftOut.has(name)) return
    seen.add(name)
    Object.keys(services[name]?.dependsOn ?? {}).forEach(visit)
    if (services[name] !== undefined) order.push(name)
  }
  for (const name of names) visit(name)
  return order
}

/** These services alone, each behind those of them that it depends on, directly or through others. */
export function inOrder(names: Iterable<string>, services: Services): readonly string[] {
  const wanted = new Set(names)
  return withNeeds(wanted, services).filter((name) => wanted.has(name))
}

/** Services that depend on this one, directly or through others. */
export function dependingOn(server: string, services: Services): ReadonlySet<string> {
  const found = new Set<string>()
  for (let before = -1; before < found.size;) {
    before = found.size
    for (const [name, { dependsOn }] of Object.entries(services))
      if (name !== server && Object.keys(dependsOn).some((on) => on === server || found.has(on)))
        found.add(name)
  }
  return found
}

/** Whether a service is run and not kept running: others wait for its success, or nothing would ever start it again. */
export function runsOnce(service: string, services: Services): boolean {
  const { restart = 'no' } = services[service] ?? {}
  const awaited = Object.values(services).some(
    ({ dependsOn }) => dependsOn[service] === 'service_completed_successfully',
  )
  return awaited || restart === 'no'
}
