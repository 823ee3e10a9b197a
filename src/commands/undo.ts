import { Args } from '@oclif/core'
import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { chooseTarget } from '../cli/targets.js'
import type { ExitKind } from '../domain/exit.js'
import { undo } from '../procedures/restore/undo.js'

export default class Undo extends OpsCommand {
  static override summary = 'Take back the last destructive procedure.'
  static override description =
    'A restore is taken back from the safety backup it took first; a copy that was made is dropped. The newest ' +
    'procedure that can be taken back where no receipt is named. An undo can be taken back as well.'
  static override examples = [
    { description: 'See what would be taken back', command: '<%= config.bin %> undo --dry-run' },
    {
      description: 'Take back a certain procedure',
      command: '<%= config.bin %> undo restore-20261121T130204Z-1f3a9c2e --confirm medical',
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
  ]
  static override args = {
    receipt: Args.string({
      description: 'Receipt to take back; failures and results name theirs.',
    }),
  }
  static override flags = {
    target: flags.target(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    'no-safety-backup': flags.noSafetyBackup(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(Undo)
    const { targets, backup } = (await this.settings()).config
    const request = {
      ...(args.receipt === undefined ? {} : { receipt: args.receipt }),
      ...(given.target === undefined ? {} : { only: given.target }),
      target: (name: string) => chooseTarget(targets, name),
      safetyBackup: !given['no-safety-backup'],
      compression: backup.compression,
    }
    return this.follow(undo, request, given, 'undo')
  }
}
