import type { ComposeProject } from '../../ports/compose.js'

/**
 * Services that `up` is to start, dependencies included, the job never: those named, or all without a profile. Whoever
 * depends on the job's success is started all the same, because the job runs only when it is asked for.
 */
export function servicesToStart(
  { services }: ComposeProject,
  named: readonly string[],
  job: string | undefined,
): readonly string[] {
  const chosen = new Set<string>()
  const choose = (name: string) => {
    const service = services[name]
    if (name === job || chosen.has(name)) return
    for (const other of Object.keys(service?.dependsOn ?? {})) choose(other)
    chosen.add(name)
  }
  const wanted =
    named.length > 0
      ? named
      : Object.values(services)
          .filter(({ profiles }) => profiles.length === 0)
          .map(({ name }) => name)
  wanted.forEach(choose)
  return [...chosen]
}
