import type { Health } from '../checks/health/judge.js'
import { scrub } from '../domain/scrub.js'
import { pluginFailure, pluginOutput, type PluginOutput } from '../report/nagios.js'
import type { Door } from './door.js'

/** Whether it is a monitor that asks: known before the flags are read, for their errors are its business as well. */
export function asksForPlugin(argv: readonly string[]): boolean {
  return argv.includes('--nagios') || /^(1|true|yes|y)$/i.test(process.env['OPS_NAGIOS'] ?? '')
}

/** Prints what a monitoring plugin prints, and ends with its exit code, which is not one of ops. */
export function pluginAnswer(health: Health, door: Pick<Door, 'stdout'>): Health {
  tell(pluginOutput(health.checks), door)
  return health
}

/** The same where nobody could look: whatever it was, the state is not known. */
export function pluginRefusal(error: unknown, door: Pick<Door, 'stdout'>): void {
  tell(pluginFailure(scrub(error instanceof Error ? error.message : String(error))), door)
}

function tell({ line, exitCode }: PluginOutput, { stdout }: Pick<Door, 'stdout'>): void {
  stdout.write(`${line}\n`)
  process.exitCode = exitCode
}
