import { execa } from 'execa'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'

type Environment = Readonly<Record<string, string | undefined>>

/** What reaching the manager of a user takes, and nothing that could be a secret. */
const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']

/** What systemd says of a unit. Throws `SYSTEMD_SILENT` (environment) where it does not answer, or is not there. */
export async function askSystemd(
  { unit, scope }: ProbeOf['systemd'],
  environment: Environment,
  signal: AbortSignal,
): Promise<FactsOf['systemd']> {
  signal.throwIfAborted()
  const properties = 'LoadState,ActiveState,SubState,Result'
  const own = scope === 'user' ? ['--user'] : []
  const given = [...own, 'show', `--property=${properties}`, '--', unit]
  const { exitCode, stdout, stderr } = await execa('systemctl', given, {
    reject: false,
    extendEnv: false,
    env: {
      ...Object.fromEntries(passed.map((name) => [name, environment[name]])),
      LC_ALL: 'C',
    },
    stdin: 'ignore',
    maxBuffer: 65_536,
    cancelSignal: signal,
    forceKillAfterDelay: 500,
  })
  signal.throwIfAborted()
  const told = new Map(
    stdout.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
  const load = told.get('LoadState')
  const active = told.get('ActiveState')
  if (exitCode !== 0 || load === undefined || active === undefined) throw silent(exitCode, stderr)
  return { load, active, sub: told.get('SubState') ?? '', result: told.get('Result') ?? '' }
}

function silent(exitCode: number | undefined, stderr: string): Failure {
  const because =
    exitCode === undefined ? 'systemctl cannot be run' : (stderr.trim().split('\n')[0] ?? '')
  return new Failure('environment', 'SYSTEMD_SILENT', `systemd was not asked: ${because}`, [
    'systemctl is-system-running',
  ])
}
