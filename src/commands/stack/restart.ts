import { LifecycleCommand } from '../../cli/lifecycleCommand.js'
import { stackRestart } from '../../procedures/stack/lifecycle.js'

export default class StackRestart extends LifecycleCommand {
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

  run(): Promise<unknown> {
    return this.carryOutOn(stackRestart)
  }
}
