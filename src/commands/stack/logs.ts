import { Args, Flags } from '@oclif/core'
import { OpsCommand } from '../../cli/opsCommand.js'
import { showLogs } from '../../cli/showLogs.js'
import type { ExitKind } from '../../domain/exit.js'

export default class StackLogs extends OpsCommand {
  static override summary = 'Show the logs of services, in the order they were written.'
  static override description =
    'Services are named by their own name or by a container. --grep searches the last 10,000 lines of each service, or ' +
    'everything since --since.'
  static override examples = [
    { description: 'Follow one service', command: '<%= config.bin %> stack logs mongodb --follow' },
    {
      description: 'Errors of the last hour',
      command: '<%= config.bin %> stack logs --since 1h --grep error',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['failed', 'usage', 'not-found', 'environment']
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all by default.' }),
  }
  static override flags = {
    follow: Flags.boolean({ char: 'f', env: 'OPS_FOLLOW', summary: 'Go on until Ctrl-C.' }),
    since: Flags.string({
      env: 'OPS_SINCE',
      helpValue: 'TIME',
      summary: 'Only lines since then: 10m, 2h ago, 2026-11-21T13:00:00+01:00.',
    }),
    grep: Flags.string({
      env: 'OPS_GREP',
      helpValue: 'PATTERN',
      summary: 'Only lines that match this regular expression, in capitals or not.',
    }),
    tail: Flags.integer({
      env: 'OPS_TAIL',
      helpValue: 'LINES',
      min: 1,
      summary: 'Only the last so many lines; 200 by default, all with --since.',
    }),
  }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(StackLogs)
    return showLogs(argv.map(String), given, await this.world(), this.door)
  }
}
