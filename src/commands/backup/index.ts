import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { backUpEach, backupOf } from '../../cli/takeBackups.js'
import type { ExitKind } from '../../domain/exit.js'

export default class Backup extends OpsCommand {
  static override summary = 'Take a backup now, checked while it is written.'
  static override description =
    "mongodump's stream is read to its end as it passes: every namespace, every checksum, every count. A backup is listed " +
    'only if mongodump left with exit code 0, the archive is whole, and the file is safely on the disk. Nothing is changed ' +
    'on the server, and the file can be restored with mongorestore alone. With --physical the data files themselves are ' +
    'copied, while writes wait.'
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
      options: ['auto', 'exec', 'host'] as const,
      env: 'OPS_ENGINE',
      summary: 'Who runs mongodump: the container (exec), this machine (host), whoever can (auto).',
    })(),
    physical: Flags.boolean({
      env: 'OPS_PHYSICAL',
      exclusive: ['engine'],
      summary: 'Copy the data files instead; writes wait meanwhile. Restored in seconds.',
    }),
    'lock-limit': flags.lockLimit(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Backup)
    const targets = await this.targets(given)
    const { compression } = (await this.settings()).config.backup
    const physical = { lockLimitSeconds: flags.lockLimitSeconds(given['lock-limit']) }
    const how = { engine: given.engine, compression, ...(given.physical ? { physical } : {}) }
    const world = await this.world()
    const [only] = targets
    if (only && !given.all)
      return this.showFollowed('backup', await backupOf(only, how, world, given, this.door))
    const all = await backUpEach({ targets, ...how }, world, given, this.door)
    return 'dryRuns' in all ? this.show('dry runs', all) : this.show('backups', all)
  }
}
