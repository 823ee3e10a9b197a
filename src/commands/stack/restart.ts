import { Args } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { stackRestart } from '../../procedures/stack/lifecycle.js'

export default class StackRestart extends OpsCommand {
  static override summary = 'Restart services of the stack and wait until they are healthy.'
  static override description =
    'Services are named by their own name or by the name of a container. A job is not restarted: that would run it.'
  static override examples = [
    {
      description: 'One service, by its container',
      command: '<%= config.bin %> stack restart healthcare_mongodb',
    },
    { description: 'Every service', command: '<%= config.bin %> stack restart' },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'locked',
    'environment',
    'timed-out',
  ]
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all services by default.' }),
  }
  static override flags = { 'dry-run': flags.dryRun(), wait: flags.wait() }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(StackRestart)
    const request = {
      names: argv.map(String),
      targets: await this.allTargets(),
      timeoutSeconds: flags.waitSeconds(given.wait),
    }
    return this.follow(stackRestart, request, given, 'stack state')
  }
}
