import type { StackMark } from '../../../src/domain/scheduleMark.js'
import type { Installation } from '../../../src/procedures/schedule/layout.js'

export const stack: StackMark = { name: 'hospital', file: '/srv/hospital/ops.yaml' }

/** What root would install on a usual machine. */
export function installation(changes: Partial<Installation> = {}): Installation {
  return {
    stack,
    jobs: [{ name: 'backup', cron: '15 2 * * *', randomDelaySeconds: 0 }],
    node: '/usr/bin/node',
    script: '/opt/ops/bin/run.js',
    environment: { PATH: '/usr/bin:/bin', HOME: '/root' },
    writes: ['/var/backups/ops', '/var/lib/ops'],
    user: 'root',
    scope: 'system',
    root: '',
    userUnits: '/root/.config/systemd/user',
    ...changes,
  }
}

/** A job that has everything. */
export const everything = [
  { name: 'backup', cron: '15 2 * * *', randomDelaySeconds: 300 },
  { name: 'verify', cron: '30 4 1,15 * mon', randomDelaySeconds: 0 },
] as const
