import { Args, Flags } from '@oclif/core'
import { ownerOf } from '../cli/backupEntries.js'
import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { requireAlone, restoreToMoment } from '../cli/restoreMoment.js'
import { wantedFrom, wantedSource } from '../cli/wanted.js'
import type { ExitKind } from '../domain/exit.js'
import { placeNamed } from '../procedures/copies/places.js'
import { forgetOld } from '../procedures/dataFiles/forgetOld.js'
import { namedCopy, requireWhole } from '../procedures/dataFiles/named.js'
import { restoreDataFiles } from '../procedures/dataFiles/restoreDataFiles.js'
import { restore } from '../procedures/restore/restore.js'

export default class Restore extends OpsCommand {
  static override summary = 'Replace what is there by what a backup holds, and prove it.'
  static override description =
    "The archive is read to its end before anything is touched. The plan says what is replaced and lost; the target's name " +
    'is typed. Then writers are stopped, what is there now is saved, the databases are made as the backup has them, and ' +
    'every collection is counted. "ops undo" takes it back. A copy of the data files is put in place as a whole, with the ' +
    'database stopped meanwhile; it has to be named: latest is always an archive. With --to-time the target is put back to ' +
    'a moment: from the newest base before it and the slices of the oplog behind that, which are put together once before ' +
    'anything is touched. With --database or --collection that moment is rebuilt in a scratch server, and this part alone is ' +
    'restored from there.'
  static override examples = [
    { description: 'Look first', command: '<%= config.bin %> restore --dry-run' },
    {
      description: 'From the newest good backup; asks for the name of the target',
      command: '<%= config.bin %> restore',
    },
    {
      description: 'Everything as it was ten minutes ago',
      command: "<%= config.bin %> restore --to-time '10m ago'",
    },
    {
      description: 'One collection as it was then, and nothing else',
      command:
        "<%= config.bin %> restore --to-time '10m ago' --database medical --collection visits",
    },
    {
      description: 'A copy beside the live database, which is not touched',
      command: '<%= config.bin %> restore --into medical_check',
    },
    {
      description: 'From a script',
      command: '<%= config.bin %> restore medical-20261121T130204Z --confirm medical',
    },
    {
      description: 'From a copy elsewhere, on a machine whose shelf is empty',
      command: '<%= config.bin %> restore --from offsite',
    },
    {
      description: 'From another machine',
      command: 'ssh vault cat dump.archive.gz | <%= config.bin %> restore - --confirm medical',
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
    'partial',
  ]
  static override args = {
    backup: Args.string({
      description: 'Id of a backup, latest, the path of an archive, or - for standard input.',
      default: 'latest',
    }),
  }
  static override flags = {
    target: flags.target(),
    from: flags.from(),
    'to-time': Flags.string({
      helpValue: 'TIME',
      env: 'OPS_TO_TIME',
      exclusive: ['forget-old'],
      summary:
        'Put it back to this moment: a time with its offset, "10m ago", or seconds:ordinal of an oplog entry.',
    }),
    database: Flags.string({
      helpValue: 'NAME',
      env: 'OPS_DATABASE',
      summary: 'Only this database.',
    }),
    collection: Flags.string({
      helpValue: 'NAME',
      env: 'OPS_COLLECTION',
      summary: 'Only this collection.',
    }),
    into: Flags.string({
      helpValue: 'NAME',
      env: 'OPS_INTO',
      summary: 'Make a copy under this database name instead of replacing anything.',
    }),
    image: Flags.string({
      helpValue: 'IMAGE',
      env: 'OPS_IMAGE',
      summary:
        "Image of the scratch server for a part of a moment; that of the target's container by default.",
    }),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    'no-safety-backup': flags.noSafetyBackup(),
    'no-discarded-writes': Flags.boolean({
      env: 'OPS_NO_DISCARDED_WRITES',
      exclusive: ['forget-old'],
      summary: 'Do not keep the writes that are discarded: nothing can play them back then.',
    }),
    'forget-old': Flags.boolean({
      env: 'OPS_FORGET_OLD',
      exclusive: ['from', 'database', 'collection', 'into', 'no-safety-backup'],
      summary: 'Restore nothing: remove the data files that earlier restores put aside.',
    }),
    'allow-version-mismatch': Flags.boolean({
      env: 'OPS_ALLOW_VERSION_MISMATCH',
      summary: 'Restore into a server of another release than the backup came from.',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(Restore)
    const { config } = await this.settings()
    if (given['forget-old'])
      return this.follow(
        forgetOld,
        { target: await this.target(given.target) },
        given,
        'forget old',
      )
    const toTime = given['to-time']
    if (toTime !== undefined) {
      requireAlone(args.backup)
      const flagsOfMoment = { ...given, 'to-time': toTime }
      const target = await this.target(given.target)
      const followed = await restoreToMoment(
        target,
        flagsOfMoment,
        await this.settings(),
        await this.world(),
        this.door,
      )
      return this.showFollowed('restore moment', followed)
    }
    const owner = ownerOf(args.backup, Object.values(config.targets))
    const { database, collection, into } = given
    // Given up on, what has come in so far is removed at once: it is the data, in clear.
    if (args.backup === '-')
      this.door.interruption.signal.addEventListener('abort', () => this.door.stdin.destroy())
    const wanted = wantedSource(args.backup, this.door.stdin, process.cwd())
    const { signal } = this.door.interruption
    const request = {
      target: await this.target(given.target ?? owner?.name),
      wanted:
        given.from === undefined
          ? wanted
          : wantedFrom(wanted, placeNamed(given.from, (await this.world()).copies), signal),
      choice: {
        ...(database === undefined ? {} : { database }),
        ...(collection === undefined ? {} : { collection }),
        ...(into === undefined ? {} : { into }),
      },
      safetyBackup: !given['no-safety-backup'],
      allowVersionMismatch: given['allow-version-mismatch'],
      compression: config.backup.compression,
      keepDiscarded: !given['no-discarded-writes'],
    }
    const entry = await this.patiently(
      namedCopy(request.wanted, request.target, await this.world()),
    )
    if (!entry) return this.follow(restore, request, given, 'restore')
    requireWhole(request.choice, request)
    const { target, compression, keepDiscarded } = request
    return this.follow(
      restoreDataFiles,
      { target, entry, compression, keepDiscarded },
      given,
      'restore',
    )
  }
}
