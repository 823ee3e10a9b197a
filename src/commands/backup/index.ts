import { Flags } from '@oclif/core'
import { backUp } from '../../cli/backUp.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { wantedTargets } from '../../cli/watched.js'
import type { ExitKind } from '../../domain/exit.js'

export default class Backup extends OpsCommand {
  static override summary = 'Take a backup now, checked while it is written.'
  static override description =
    "mongodump's stream is read to its end as it passes: every namespace, every checksum, every count. A backup is listed " +
    'only if mongodump left with exit code 0, the archive is whole, and the file is safely on the disk. Nothing is changed ' +
    'on the server, and the file can be restored with mongorestore alone. Where ops.yaml has backup.retention, older ' +
    'backups that it does not keep then move to the trash. With --physical the data files themselves are copied, while ' +
    'writes wait.'
  static override examples = [
    { description: 'Back up the only target', command: '<%= config.bin %> backup' },
    {
      description: 'From cron: silent unless something is wrong',
      command: '<%= config.bin %> backup --all --quiet',
    },
    {
      description: 'Copy the data files; writes wait no longer than a minute',
      command: '<%= config.bin %> backup --physical --lock-limit 60s',
    },
    {
      description: 'The id of the new backup',
      command: '<%= config.bin %> backup --json | jq -r .result.id',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'partial',
    'refused',
    'not-found',
    'locked',
    'integrity',
    'environment',
    'space',
    'timed-out',
  ]
  static override flags = {
    target: flags.target(),
    all: flags.all(),
    engine: Flags.option({
      options: ['auto', 'sidecar', 'exec', 'host'] as const,
      env: 'OPS_ENGINE',
      summary:
        "Who runs mongodump: a container of its own (sidecar), the database's (exec), this machine (host), the best that can (auto).",
    })(),
    physical: Flags.boolean({
      env: 'OPS_PHYSICAL',
      exclusive: ['engine'],
      summary: 'Copy the data files instead; writes wait meanwhile. Restored in seconds.',
    }),
    'lock-limit': flags.lockLimit(),
    settled: Flags.string({
      exclusive: ['all', 'scheduled'],
      helpValue: 'RECEIPT',
      summary:
        'The data is whole although this restore left it half done: you put it right by hand.',
    }),
    'dry-run': flags.dryRun(),
    retries: flags.retries(),
    'lock-wait': flags.lockWait(),
    scheduled: flags.scheduled(),
    'random-delay': flags.randomDelay(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Backup)
    const { config, plainPasswords } = await this.settings()
    const targets = await this.targets(wantedTargets(given, config))
    const worlds = { world: await this.world(), schedule: await this.scheduleWorld() }
    const taken = await backUp(targets, given, { config, plainPasswords }, worlds, this.door)
    if ('one' in taken) return this.showFollowed('backup', taken.one)
    return 'dryRuns' in taken.each
      ? this.show('dry runs', taken.each)
      : this.show('backups', taken.each)
  }
}
