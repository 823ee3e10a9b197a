import { Args, Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { useSince } from '../../cli/stackUse.js'
import type { ExitKind } from '../../domain/exit.js'
import { useOfStack } from '../../procedures/stack/look.js'

export default class StackStats extends OpsCommand {
  static override summary = 'Show what the running containers use: processor, memory, network, disk.'
  static override description =
    'One sample, measured over a second. --since shows what they used: ops keeps processor time and memory of each container whenever ' +
    'ops status or ops stack stats looks, for a month at most, and looks at nothing by itself. Processor is that of one core: two busy ' +
    'cores read 200; with --since it is the average from one look to the next.'
  static override examples = [
    { description: 'One sample of each', command: '<%= config.bin %> stack stats' },
    { description: 'The last day', command: '<%= config.bin %> stack stats --since 24h' },
    {
      description: 'The most memory that the database used',
      command:
        '<%= config.bin %> stack stats mongodb --since 7d --json | jq .result.containers[0].memory.max',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found', 'environment']
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all by default.' }),
  }
  static override flags = {
    since: Flags.string({
      env: 'OPS_SINCE',
      helpValue: 'TIME',
      summary: 'What was used since then: 24h, 2h ago, 2026-11-21T13:00:00+01:00.',
    }),
    watch: flags.watch(),
    every: flags.pause(),
  }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(StackStats)
    const names = argv.map(String)
    const world = await this.world()
    const { since } = given
    if (since === undefined) {
      const look = () => useOfStack(names, world)
      if (given.watch) return this.watch('stack stats', look, given.every)
      return this.show('stack stats', await this.patiently(look()))
    }
    const look = () => useSince(names, since, world, this.door)
    if (given.watch) return this.watch('stack use', look, given.every)
    return this.show('stack use', await this.patiently(look()))
  }
}
