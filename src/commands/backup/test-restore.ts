import { Args, Flags } from '@oclif/core'
import { findBackup } from '../../cli/backupEntries.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { testEach } from '../../cli/testRestores.js'
import type { ExitKind } from '../../domain/exit.js'
import { Failure } from '../../domain/failure.js'
import { trial } from '../../procedures/trial/trial.js'

export default class BackupTestRestore extends OpsCommand {
  static override summary = 'Restore a backup into a scratch server and prove that it comes back.'
  static override description =
    'A server without a network is started beside the target, from the same image. The backup is read to its end, restored ' +
    'there the way ops restore does it, and held against its manifest: counts, indexes, options, a sample of documents ' +
    'byte for byte, and the validation that the server itself does. Then the server and its data are removed. How long it ' +
    'took is recorded with the backup. The target is neither touched nor locked. The newest good backup where none is named.'
  static override examples = [
    { description: 'The newest good backup', command: '<%= config.bin %> backup test-restore' },
    {
      description: 'From cron: the newest of every target',
      command: '<%= config.bin %> backup test-restore --all-targets --quiet',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'partial',
    'not-found',
    'integrity',
    'environment',
    'space',
  ]
  static override args = {
    backup: Args.string({ description: 'Id of a backup, or latest.', default: 'latest' }),
  }
  static override flags = {
    target: flags.target(),
    'all-targets': Flags.boolean({
      env: 'OPS_ALL_TARGETS',
      exclusive: ['target'],
      summary: 'The newest good backup of every target, one after the other.',
    }),
    image: Flags.string({
      env: 'OPS_IMAGE',
      helpValue: 'IMAGE',
      summary:
        "Image to test in, of the backup's release line; that of the target's container where it is left out.",
    }),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(BackupTestRestore)
    const world = await this.world()
    if (given['all-targets']) {
      if (args.backup !== 'latest')
        throw new Failure(
          'usage',
          'USAGE',
          '--all-targets tests the newest backup of each: name no backup',
          ['ops backup test-restore --all-targets'],
        )
      const targets = await this.targets({ all: true })
      const all = await testEach(targets, given.image, world, given, this.door)
      return 'dryRuns' in all ? this.show('dry runs', all) : this.show('trials', all)
    }
    const named = args.backup !== 'latest' && given.target === undefined
    const targets = await this.targets({ ...given, all: named })
    const { target, entry } = await this.patiently(findBackup(args.backup, targets, world))
    const { image } = given
    const request = { target, id: entry.manifest.id, ...(image === undefined ? {} : { image }) }
    return this.follow(trial, request, given, 'trial')
  }
}
