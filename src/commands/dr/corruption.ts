import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { recoverCorruption } from '../../cli/recoverCorruption.js'
import type { ExitKind } from '../../domain/exit.js'

export default class DrCorruption extends OpsCommand {
  static override summary = 'Find out whether the data is damaged, and bring it back.'
  static override description = [
    "Reads the server's log and every collection to its end, and has the server go over data and indexes; nobody has to wait for that, but a server that meets a damaged page ends by itself. Where everything was looked at and nothing was found, nothing is done.",
    'Otherwise the plan is shown, and the target\'s name is typed. Services that depend on the database are stopped, the damaged files are put aside on their volume, and what loses least comes back: the newest backup, with the slices of the oplog behind it. It is counted, the server has to write, and the services are started again; jobs are not. "ops undo" puts the damaged files in place again.',
    'Killed half-way, the same command goes on: it takes back what was begun, and does it anew.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'Look, and show what would be done',
      command: '<%= config.bin %> dr corruption --dry-run',
    },
    { description: 'Look, and bring it back', command: '<%= config.bin %> dr corruption' },
    {
      description: 'From a script, to a moment before the disk failed',
      command: "<%= config.bin %> dr corruption --to-time '10m ago' --confirm medical",
    },
    {
      description: 'You know that it is damaged, and from what it is to come back',
      command:
        '<%= config.bin %> dr corruption --assume-damaged --backup medical-20261121T130204Z --confirm medical',
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
    target: flags.target(),
    'to-time': Flags.string({
      helpValue: 'TIME',
      env: 'OPS_TO_TIME',
      summary:
        'Come back to this moment, not to the newest: a time with its offset, "10m ago", or seconds:ordinal of an oplog entry.',
    }),
    backup: Flags.string({
      helpValue: 'ID',
      env: 'OPS_BACKUP',
      exclusive: ['to-time'],
      summary: 'Come back to this backup, an archive or a copy of the data files.',
    }),
    'assume-damaged': Flags.boolean({
      env: 'OPS_ASSUME_DAMAGED',
      summary: 'Do not look: somebody who knows says that the data is damaged.',
    }),
    'look-limit': flags.lookLimit(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    wait: flags.wait(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(DrCorruption)
    const reading = await this.settings()
    const { 'to-time': toTime, backup } = given
    const request = {
      target: await this.target(given.target),
      targets: await this.allTargets(),
      ...(toTime === undefined ? {} : { toTime }),
      ...(backup === undefined ? {} : { backup }),
      assumed: given['assume-damaged'],
      lookLimit: flags.lookLimitMilliseconds(given['look-limit']),
      timeoutSeconds: flags.waitSeconds(given.wait),
      compression: reading.config.backup.compression,
      signal: this.door.interruption.signal,
    }
    const followed = await recoverCorruption(request, given, reading, await this.world(), this.door)
    return this.showFollowed('corruption recovered', followed)
  }
}
