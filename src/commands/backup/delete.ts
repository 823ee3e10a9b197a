import { Args, Flags } from '@oclif/core'
import { deleteNamed } from '../../cli/deleteBackups.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { retentionOf } from '../../cli/retention.js'
import type { ExitKind } from '../../domain/exit.js'

export default class BackupDelete extends OpsCommand {
  static override summary = 'Move backups that you name to the trash.'
  static override description =
    'All of them must be of one target. They can be brought back with ops undo until their time in the trash is over. ' +
    'Where no good backup would be left, --last-good is needed.'
  static override examples = [
    {
      description: 'One backup',
      command: '<%= config.bin %> backup delete medical-20261121T130204Z',
    },
    {
      description: 'Without a terminal',
      command: '<%= config.bin %> backup delete medical-20261121T130204Z --confirm medical',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'locked',
    'environment',
    'space',
  ]
  static override strict = false
  static override args = {
    id: Args.string({ description: 'Id of a backup; more of them may follow.', required: true }),
  }
  static override flags = {
    target: flags.target(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    'last-good': Flags.boolean({
      env: 'OPS_LAST_GOOD',
      summary: 'Go on although no good backup is left then.',
    }),
  }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(BackupDelete)
    const targets = await this.targets({ ...given, all: given.target === undefined })
    const request = {
      ids: argv.map(String),
      targets,
      acceptLastGood: given['last-good'],
      neededBy: retentionOf((await this.settings()).config).neededBy,
    }
    const done = await deleteNamed(request, await this.world(), given, this.door)
    return this.showFollowed('backup delete', done)
  }
}
