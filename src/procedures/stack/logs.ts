import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import { servicesNamed } from './names.js'
import { lookAtProject, type LiveProject } from './project.js'

/** Which lines of the logs. */
export interface LogRequest {
  readonly names: readonly string[]
  readonly follow: boolean
  /** As compose takes it: seconds (`600s`) or RFC 3339. */
  readonly since?: string
  /** The last so many of each service; all where it is absent. */
  readonly tail?: number
  /** Only lines it says yes to; it is asked once for each, in their order. */
  readonly wanted?: (line: string) => boolean
  /** With the time before each line, as the engine has it; not in the order of all services then. */
  readonly timed?: boolean
}

/** So many lines of each service are searched where no time is given: a log may have grown for years. */
const searched = 10_000

/** Reads the logs of services, named by service or container, line by line. Ends with the log, or at the signal. */
export async function readLogs(
  { names, follow, since, tail, wanted, timed }: LogRequest,
  world: Pick<World, 'stack' | 'compose' | 'engine'>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const live = await lookAtProject(world)
  const services = servicesNamed(names, live)
  const own = await jobLog({ services, follow, ...(since === undefined ? {} : { since }) }, live, world)
  if (own) {
    own
      .filter((line) => wanted?.(line) ?? true)
      .slice(tail === undefined ? 0 : -tail)
      .forEach(say)
    return
  }
  const asked = wanted && since === undefined ? Math.max(searched, tail ?? 0) : tail
  const kept: string[] = []
  await world.compose.logs(
    live.stack,
    services,
    {
      follow,
      ...(since === undefined ? {} : { since }),
      ...(asked === undefined ? {} : { tail: asked }),
      ...(timed ? { timed } : {}),
    },
    (line) => {
      if (wanted?.(line) === false) return
      if (wanted && tail !== undefined && !follow) kept.push(line)
      else say(line)
      if (tail !== undefined && kept.length > tail) kept.shift()
    },
    signal,
  )
  kept.forEach(say)
}

/**
 * The log of the job's last run where only the job was asked for: it runs in a container of its own, which compose leaves
 * out of its logs. Nothing where compose's own answer will do.
 */
async function jobLog(
  asked: { readonly services: readonly string[]; readonly follow: boolean; readonly since?: string },
  { stack, containers }: LiveProject,
  { compose }: Pick<World, 'compose'>,
): Promise<readonly string[] | undefined> {
  const { services, follow, since } = asked
  if (follow || since !== undefined || services.length !== 1 || services[0] !== stack.job)
    return undefined
  const [newest] = containers
    .filter(({ service, startedAt }) => service === stack.job && startedAt !== undefined)
    .sort((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''))
  return newest && compose.lastLines(newest.name, searched)
}

/** A pattern as `--grep` gives it. Throws `PATTERN_INVALID` (usage). */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('usage', 'PATTERN_INVALID', `"${text}" is not a pattern: ${why}`, [
      'ops stack logs --grep ERROR',
    ], { cause })
  }
}
