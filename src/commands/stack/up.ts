import { LifecycleCommand } from '../../cli/lifecycleCommand.js'
import { stackUp } from '../../procedures/stack/lifecycle.js'

export default class StackUp extends LifecycleCommand {
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

  run(): Promise<unknown> {
    return this.carryOutOn(stackUp)
  }
}
