import { scrub } from '../domain/scrub.js'
import { pluginFailure, pluginOutput, type PluginOutput } from '../report/nagios.js'
import type { Door } from './door.js'
import type { ShownHealth } from './savedHealth.js'

/** Seconds after which evidence says nothing of how things are now. */
const stale = 3600

/** Whether it is a monitor that asks: known before the flags are read, for their errors are its business as well. */
export function asksForPlugin(argv: readonly string[]): boolean {
  return argv.includes('--nagios') || /^(1|true|yes|y)$/i.test(process.env['OPS_NAGIOS'] ?? '')
}

/**
 * Prints what a monitoring plugin prints, and ends with its exit code, which is not one of ops. A file that could not be written is a
 * warning beside the checks; saved evidence that is old is never ok.
 */
export function pluginAnswer(
  health: ShownHealth,
  unwritten: readonly string[],
  door: Pick<Door, 'stdout'>,
): ShownHealth {
  const files = unwritten.map((says) => ({ id: 'file', severity: 'warn' as const, says }))
  tell(pluginOutput([...health.checks, ...files, ...staleness(health)]), door)
  return health
}

function staleness({ from }: ShownHealth) {
  // One from the future is of a wrong clock.
  if (!from || Math.abs(from.ageSeconds) <= stale) return []
  const says = `what is judged was seen at ${from.at}, and not now`
  return [{ id: 'evidence', severity: 'unknown' as const, says }]
}

/** The same where nobody could look: whatever it was, the state is not known. */
export function pluginRefusal(error: unknown, door: Pick<Door, 'stdout'>): void {
  tell(pluginFailure(scrub(error instanceof Error ? error.message : String(error))), door)
}

function tell({ line, exitCode }: PluginOutput, { stdout }: Pick<Door, 'stdout'>): void {
  stdout.write(`${line}\n`)
  process.exitCode = exitCode
}
