import { Args, Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { replayKept } from '../../cli/replay.js'
import type { ExitKind } from '../../domain/exit.js'

export default class PitrReplay extends OpsCommand {
  static override summary = 'Play back the writes that a restore discarded, without the bad ones.'
  static override description = [
    'A restore keeps the writes that it discards in a file. This plays them back onto the restored server: document by document, each only where it is still what the restore made of it. What somebody wrote since is never written over; conflicts are shown by _id and counted. Transactions are played back whole or not at all. Played back twice, nothing changes.',
    'Deletes in bursts (ten documents and more) are left out unless --with-deletions asks for them; drops and other commands are never played back. The plan numbers what stands out, mass updates too: --without leaves those out, and collections. A safety backup comes first, and "ops undo" brings it back.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'What would be played back, and what stands out',
      command: '<%= config.bin %> pitr replay --dry-run',
    },
    {
      description: 'All but number 2 of what stands out, and one collection',
      command: '<%= config.bin %> pitr replay --without 2,medical_records.imports',
    },
    {
      description: 'From a script',
      command:
        '<%= config.bin %> pitr replay medical-20261122T181500Z-x7k2 --confirm medical --json',
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
  static override args = {
    kept: Args.string({
      description:
        'Id or path of the file, or id of the receipt of the restore; the newest by default.',
    }),
  }
  static override flags = {
    target: flags.target(),
    without: Flags.string({
      env: 'OPS_WITHOUT',
      helpValue: 'LIST',
      default: '',
      summary:
        'Leave these out: numbers of the list, database.collection, or databases, with commas.',
    }),
    'with-deletions': Flags.boolean({
      env: 'OPS_WITH_DELETIONS',
      summary: 'Play deletes in bursts back too.',
    }),
    database: Flags.string({
      env: 'OPS_DATABASE',
      helpValue: 'NAME',
      summary: 'Only this database.',
    }),
    collection: Flags.string({
      env: 'OPS_COLLECTION',
      helpValue: 'NAME',
      summary: 'Only this collection.',
    }),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    'no-safety-backup': flags.noSafetyBackup(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(PitrReplay)
    const { database, collection } = given
    const request = {
      target: await this.target(given.target),
      ...(args.kept === undefined ? {} : { kept: args.kept }),
      choice: {
        without: given.without.split(',').flatMap((one) => one.trim() || []),
        withDeletions: given['with-deletions'],
      },
      ...(database === undefined ? {} : { database }),
      ...(collection === undefined ? {} : { collection }),
      safetyBackup: !given['no-safety-backup'],
      compression: (await this.settings()).config.backup.compression,
      signal: this.door.interruption.signal,
    }
    const followed = await replayKept(request, given, await this.world(), this.door)
    if ('dryRun' in followed) return this.show('dry run', followed)
    const { conflicts, left } = followed.done
    const isPartial = conflicts + left.length > 0
    if (isPartial) this.outcome('partial')
    return this.showBadNews('pitr replayed', followed.done, isPartial)
  }
}
