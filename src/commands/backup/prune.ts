import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { pruneEach, requirePruned } from '../../cli/pruneBackups.js'
import { retentionOf } from '../../cli/retention.js'
import type { ExitKind } from '../../domain/exit.js'
import { acceptable } from '../../domain/retention/alarm.js'

export default class BackupPrune extends OpsCommand {
  static override summary = 'Move to the trash what backup.retention does not keep.'
  static override description =
    'Copies in the places of backup.copies that have a retention (their own, else backup.retention) are pruned too, for ' +
    'good: a place has no trash. Only good backups count. The last good one, the last one that a trial restore proved and the newest minGood ones stay ' +
    'whatever the policy says. What was removed from the shelf can be brought back with ops undo until its time in the trash is over. A ' +
    'run that looks wrong (the clock jumped, far more would go than usual, the newest backup shrank) removes nothing ' +
    'unless --accept says so.'
  static override examples = [
    {
      description: 'What becomes of each backup, and why',
      command: '<%= config.bin %> backup prune --dry-run',
    },
    {
      description: 'Without a terminal',
      command: '<%= config.bin %> backup prune --confirm medical',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'partial',
    'refused',
    'not-found',
    'locked',
    'environment',
    'space',
  ]
  static override flags = {
    target: flags.target(),
    all: flags.all(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    accept: Flags.option({
      options: acceptable,
      multiple: true,
      delimiter: ',',
      env: 'OPS_ACCEPT',
      summary: 'Go on although the clock jumped, many would go, or the newest backup shrank.',
    })(),
    'empty-trash': Flags.boolean({
      env: 'OPS_EMPTY_TRASH',
      summary: 'Delete everything in the trash now, for good. Then this cannot be undone.',
    }),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(BackupPrune)
    const targets = await this.targets(given)
    const { config } = await this.settings()
    const request = {
      targets,
      retention: retentionOf(config),
      accept: given.accept ?? [],
      emptyTrash: given['empty-trash'],
      name: given.all ? config.name : (targets[0]?.name ?? ''),
    }
    const pruned = await pruneEach(request, await this.world(), given, this.door)
    await this.show('backup prune', pruned)
    return requirePruned(pruned)
  }
}
