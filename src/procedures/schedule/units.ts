import { cronTimes } from '../../domain/cronExpression.js'
import { onCalendar } from '../../domain/cronText.js'
import { schedulable } from '../../domain/schedule.js'
import { marked } from '../../domain/scheduleMark.js'
import { impossible, jobArguments, sumOf, type Installation, type NamedJob } from './layout.js'

/**
 * Taken from a job that needs none of it. Left as it is: the memory protection that node's compiler cannot live with,
 * the view of other processes, by which a dead holder of a lock is told, and /tmp, which the Docker engine has to see as
 * ops does.
 */
const hardening = [
  'NoNewPrivileges=yes',
  'ProtectSystem=full',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'PrivateDevices=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
]

/** The service that runs a job once. */
export function serviceUnit(job: NamedJob, installation: Installation): string {
  const { stack, node, script, environment, scope, user, writes } = installation
  const { argv, does } = schedulable[job.name]
  const words = [node, script, ...jobArguments(argv, installation)]
  const system = scope === 'system'
  const lines = [
    '[Unit]',
    `Description=ops: ${does} ${stack.name}`,
    ...(system
      ? ['After=docker.service network-online.target', 'Wants=network-online.target']
      : []),
    '',
    '[Service]',
    'Type=oneshot',
    ...(system && user !== 'root' ? [`User=${user}`] : []),
    `ExecStart=${words.map((word) => commandWord(word)).join(' ')}`,
    ...Object.entries(environment).map(
      ([name, value]) => `Environment=${setting(`${name}=${value}`)}`,
    ),
    'UMask=0077',
    'Nice=10',
    'IOSchedulingPriority=7',
    // ops takes back what it began within seconds of SIGTERM; only its own process is told.
    'KillMode=mixed',
    'TimeoutStopSec=90',
    // A user's own manager may not set these up on every kernel.
    ...(system
      ? [...hardening, ...writes.map((path) => `ReadWritePaths=${setting(`-${path}`)}`)]
      : []),
    '',
  ]
  return marked(stack, lines.join('\n'), sumOf)
}

/** The timer that starts it. Throws `SCHEDULE_IMPOSSIBLE` (refused) for an expression that cannot be read. */
export function timerUnit(job: NamedJob, { stack }: Installation): string {
  const times = cronTimes(job.cron)
  if ('wrong' in times) throw impossible(`schedule.${job.name}.cron ${times.wrong}`, 'systemd')
  const { does } = schedulable[job.name]
  const lines = [
    '[Unit]',
    `Description=When to ${does} ${stack.name}`,
    '',
    '[Timer]',
    ...onCalendar(times).map((text) => `OnCalendar=${text}`),
    'AccuracySec=1s',
    ...(job.randomDelaySeconds === 0
      ? []
      : [`RandomizedDelaySec=${job.randomDelaySeconds.toString()}`]),
    // What was missed while the machine was off is made up for when it is on again.
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ]
  return marked(stack, lines.join('\n'), sumOf)
}

/** systemd.syntax(7): a setting in quotes, with specifiers taken as plain text. */
function setting(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}

/** The same for a word of a command, where a dollar sign stands for a variable as well. */
function commandWord(word: string): string {
  return /^[\w@+=:,./-]+$/.test(word) ? word : setting(word).replaceAll('$', () => '$$')
}
