import { Args, Flags } from '@oclif/core'
import { copyWanted } from '../../cli/copyBackups.js'
import * as flags from '../../cli/flags.js'
import { follow } from '../../cli/follow.js'
import { retentionOf } from '../../cli/retention.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { anyGood, copyBackups, requireCopied } from '../../procedures/copies/copyBackups.js'

export default class BackupCopy extends OpsCommand {
  static override summary = 'Bring backups to the places elsewhere, as far as they are not there.'
  static override description =
    'The places are those of backup.copies in ops.yaml; ops backup copies to them by itself, and this brings what is ' +
    'missing. A copy that is there whole is left as it is, one that was interrupted goes on where it can, and only ' +
    'backups that can be relied on are copied. The newest good backup where none is named.'
  static override examples = [
    {
      description: 'Every good backup of every target to every place',
      command: '<%= config.bin %> backup copy --all',
    },
    {
      description: 'Read back what lies in one place, to its end',
      command: '<%= config.bin %> backup copy --all --to offsite --verify',
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
  ]
  static override args = {
    backup: Args.string({ description: 'Id of a backup, or latest.', default: 'latest' }),
  }
  static override flags = {
    target: flags.target(),
    all: Flags.boolean({ env: 'OPS_ALL', summary: 'Every good backup there is.' }),
    to: Flags.string({
      helpValue: 'PLACE',
      env: 'OPS_TO',
      summary: 'Only to this place of backup.copies.',
    }),
    verify: Flags.boolean({
      env: 'OPS_VERIFY',
      summary: 'Also read to its end what is there already.',
    }),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(BackupCopy)
    const targets = await this.targets({ ...given, all: given.target === undefined })
    const { to, verify } = given
    const wanted = await this.patiently(
      copyWanted(args.backup, given.all, targets, await this.world()),
    )
    const retention = retentionOf((await this.settings()).config)
    const common = { wanted, verify, keptOnly: given.all, retention }
    const request = { ...common, ...(to === undefined ? {} : { to }) }
    const followed = await follow(copyBackups, request, await this.world(), given, this.door)
    if ('dryRun' in followed) return this.show('dry run', followed)
    // Where nothing was brought there is no result to show, only the failure.
    if (anyGood(followed.done)) await this.show('backup copy', followed.done)
    return requireCopied(followed.done)
  }
}
