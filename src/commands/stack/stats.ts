import { Args } from '@oclif/core'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { useOfStack } from '../../procedures/stack/look.js'

export default class StackStats extends OpsCommand {
  static override summary = 'Show what the running containers use: processor, memory, network, disk.'
  static override examples = [
    { description: 'One sample of each', command: '<%= config.bin %> stack stats' },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found', 'environment']
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all by default.' }),
  }

  async run(): Promise<unknown> {
    const { argv } = await this.parse(StackStats)
    const use = await this.patiently(useOfStack(argv.map(String), await this.world()))
    return this.show('stack stats', use)
  }
}
