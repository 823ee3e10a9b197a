import { Args } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { recoverContainers } from '../../procedures/dr/container.js'

export default class DrContainer extends OpsCommand {
  static override summary =
    'Bring containers back that ended, are ill, paused, missing, or start over and over.'
  static override description = [
    'Finds out which services do not do what they are for, and why: exit code, memory, health, the last lines of the log. What a start brings back is started, what is missing is made again; each is waited for, and each server of a target must be primary and take a write.',
    'What a start would not cure (damaged data, a full disk, a wrong option ...) is named with the line of the log that says so, and left alone; a container that starts over and over because of it is stopped. Jobs are never started.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'What is wrong, and what would be done',
      command: '<%= config.bin %> dr container --dry-run',
    },
    { description: 'All services', command: '<%= config.bin %> dr container' },
    { description: 'One of them', command: '<%= config.bin %> dr container mongodb' },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'locked',
    'integrity',
    'environment',
    'timed-out',
  ]
  static override strict = false
  static override args = {
    services: Args.string({
      description: 'Services or containers; all services but jobs by default.',
    }),
  }
  static override flags = { 'dry-run': flags.dryRun(), wait: flags.wait() }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(DrContainer)
    const request = {
      names: argv.map(String),
      targets: await this.allTargets(),
      timeoutSeconds: flags.waitSeconds(given.wait),
    }
    return this.follow(recoverContainers, request, given, 'containers recovered')
  }
}
