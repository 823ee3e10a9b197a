/** Name of the compose file in which `ops troubleshoot --fix` sets limits of services; ops takes it along wherever it lies. */
export const limitsFileName = 'compose.ops-limits.yml'

/** What that file says of one service, in the words of compose. */
export interface ServiceLimits {
  readonly mem_limit?: string
  readonly memswap_limit?: string
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } }
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> }
}

/** Services to what is said of them. */
type AllLimits = Readonly<Record<string, ServiceLimits>>

const heading = `# Written by "ops troubleshoot --fix": limits of services that were not enough, or were not there. "ops undo" takes them away again.
# Name it wherever you name the other compose files: COMPOSE_FILE in .env, "docker compose -f".
`

/** The text of the file: JSON below the heading, which is YAML too. */
export function limitsText(services: AllLimits): string {
  return `${heading}${JSON.stringify({ services }, null, 2)}\n`
}

/** What the file says; nothing where it is not as ops writes it: then somebody has taken it over. */
export function readLimits(text: string): AllLimits | undefined {
  if (!text.startsWith(heading)) return undefined
  try {
    const { services } = JSON.parse(text.slice(heading.length)) as { services?: unknown }
    return typeof services === 'object' && services !== null ? (services as AllLimits) : undefined
  } catch {
    return undefined
  }
}

/** Whether two of them say the same; the order of words does not matter. */
export function areSameLimits(one: ServiceLimits | null, other: ServiceLimits | null): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other))
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return entries.map(([key, inner]) => [key, ordered(inner)])
}
