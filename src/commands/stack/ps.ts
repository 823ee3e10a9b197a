import { Args } from '@oclif/core'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { lookAtStack } from '../../procedures/stack/look.js'

export default class StackPs extends OpsCommand {
  static override summary = 'List the containers of the stack with state, health and role.'
  static override description =
    'Also services that have no container. A job that has ended is shown as such: that is what jobs do.'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> stack ps' },
    {
      description: 'What is not running',
      command:
        "<%= config.bin %> stack ps --json | jq '.result.services[] | select(.state != \"running\")'",
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found', 'environment']
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all by default.' }),
  }

  async run(): Promise<unknown> {
    const { argv } = await this.parse(StackPs)
    const looked = lookAtStack(argv.map(String), await this.allTargets(), await this.world())
    return this.show('stack state', await this.patiently(looked))
  }
}
