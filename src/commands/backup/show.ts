import { Args } from '@oclif/core'
import { findBackup, judgedEntry } from '../../cli/backupEntries.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { retentionOf } from '../../cli/retention.js'
import type { ExitKind } from '../../domain/exit.js'

export default class BackupShow extends OpsCommand {
  static override summary = 'Show everything that is known of one backup.'
  static override description =
    'Reads the manifest only; ops backup verify reads the archive itself. The newest good backup where none is named.'
  static override examples = [
    { description: 'The newest good backup', command: '<%= config.bin %> backup show' },
    {
      description: 'A certain one',
      command: '<%= config.bin %> backup show medical-20261121T130204Z',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found', 'integrity']
  static override args = {
    id: Args.string({ description: 'Id of the backup, or latest.', default: 'latest' }),
  }
  static override flags = { target: flags.target() }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(BackupShow)
    const targets = await this.targets({ ...given, all: given.target === undefined })
    const world = await this.world()
    const retention = retentionOf((await this.settings()).config)
    const named = await this.patiently(findBackup(args.id, targets, world))
    return this.show('backup show', await this.patiently(judgedEntry(named, retention, world)))
  }
}
