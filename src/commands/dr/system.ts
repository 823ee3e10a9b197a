import { Flags } from '@oclif/core'
import { rebuildSystem } from '../../cli/drSystem.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'

export default class DrSystem extends OpsCommand {
  static override summary = 'Rebuild everything on a bare host from a copy of the backups.'
  static override description = [
    'For the day on which the host is gone. Needs Docker, a copy of the backups (a folder, or a bucket) and the secrets; no ops.yaml: that comes out of the recovery kit of the newest good backup, with the compose files, what services are given, and the settings.',
    'The archive is read to its end first. The plan says what is written, which images are here, what comes back and what does not; the name of the project is typed. Then the server is started alone, the data is restored up to the last slice of the oplog at the place and proved, and the other services follow, each until it is healthy. Nothing that is there is ever overwritten. Cut off anywhere, the same command goes on.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'Look first',
      command: '<%= config.bin %> dr system --from /mnt/copy --dry-run',
    },
    {
      description: 'From a disk, into a folder',
      command: '<%= config.bin %> dr system --from /mnt/copy --into /srv/hospital',
    },
    {
      description: 'From a bucket; its key stands in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      command:
        '<%= config.bin %> dr system --from s3://hospital-backups/db01 --endpoint https://s3.example.org',
    },
    {
      description: 'From encrypted backups',
      command: '<%= config.bin %> dr system --from /mnt/copy --identity /media/key/escrow.txt',
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
    from: Flags.string({
      required: true,
      env: 'OPS_FROM',
      helpValue: 'PLACE',
      summary: 'Folder of the copies, s3://BUCKET/PREFIX, or a place of an ops.yaml that is here.',
    }),
    backup: Flags.string({
      env: 'OPS_BACKUP',
      helpValue: 'ID',
      default: 'latest',
      summary:
        'Id of a backup, restored as it is; latest is the newest good one of each target, with the slices behind it.',
    }),
    target: Flags.string({
      char: 't',
      env: 'OPS_TARGET',
      helpValue: 'NAME',
      summary: 'Only the data of this target.',
    }),
    into: Flags.string({
      env: 'OPS_INTO_FOLDER',
      helpValue: 'FOLDER',
      default: '.',
      summary: 'Folder for the compose files, ops.yaml and what services are given.',
    }),
    identity: Flags.string({
      env: 'OPS_IDENTITY',
      helpValue: 'KEYFILE',
      multiple: true,
      summary: 'Key file for encrypted backups, as age-keygen writes it; may be given again.',
    }),
    endpoint: Flags.string({
      env: 'OPS_ENDPOINT',
      helpValue: 'URL',
      summary: 'Address of the service of a bucket; left out: AWS_ENDPOINT_URL, else AWS.',
    }),
    region: Flags.string({
      env: 'OPS_REGION',
      helpValue: 'NAME',
      summary: 'Region of a bucket; left out: AWS_REGION, else us-east-1.',
    }),
    'keep-files': Flags.boolean({
      env: 'OPS_KEEP_FILES',
      summary: 'Use files that are in the folder as they are, where they differ from the kit.',
    }),
    'no-replay': Flags.boolean({
      env: 'OPS_NO_REPLAY',
      summary: 'Restore the newest backups alone, without the slices of the oplog behind them.',
    }),
    wait: flags.wait(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(DrSystem)
    const followed = await rebuildSystem(given, this.config.version, this.door)
    if ('done' in followed && followed.done.missing.length > 0) this.outcome('partial')
    return this.showFollowed('system recovered', followed)
  }
}
