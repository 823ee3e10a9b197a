import { Args } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { stackUp } from '../../procedures/stack/lifecycle.js'

export default class StackUp extends OpsCommand {
  static override summary = 'Start the services of the stack and wait until they are healthy.'
  static override description =
    'The job of the stack is not started by this: it empties what it loads into. ops pipeline run starts it.'
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> stack up' },
    {
      description: 'One service, by its own name or its container',
      command: '<%= config.bin %> stack up healthcare_mongodb',
    },
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
    const { argv, flags: given } = await this.parse(StackUp)
    const request = {
      names: argv.map(String),
      targets: await this.allTargets(),
      timeoutSeconds: flags.waitSeconds(given.wait),
    }
    return this.follow(stackUp, request, given, 'stack state')
  }
}
