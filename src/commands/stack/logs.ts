import { Args, Flags } from '@oclif/core'
import { OpsCommand } from '../../cli/opsCommand.js'
import { groupRequest } from '../../cli/logRequest.js'
import { showLogs } from '../../cli/showLogs.js'
import type { ExitKind } from '../../domain/exit.js'
import { levels } from '../../domain/logs/level.js'
import { groupLogs } from '../../procedures/stack/groupLogs.js'

export default class StackLogs extends OpsCommand {
  static override summary = 'Show the logs of services, in the order they were written.'
  static override description =
    'Services are named by their own name or by a container. --grep, --level and --patterns look at the last 10,000 lines of each ' +
    'service, or at everything since --since. --level takes lines that name that level or a worse one, as mongod and most ' +
    'programs write it, and what is indented below them. --patterns takes lines as one that differ in numbers, names and times only, ' +
    'the worst first.'
  static override examples = [
    { description: 'Follow one service', command: '<%= config.bin %> stack logs mongodb --follow' },
    {
      description: 'Errors of the last hour',
      command: '<%= config.bin %> stack logs --since 1h --level error',
    },
    {
      description: 'What has been said over and over since yesterday',
      command: '<%= config.bin %> stack logs --since 24h --patterns',
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
    level: Flags.string({
      env: 'OPS_LEVEL',
      options: [...levels],
      summary: 'Only lines that are as bad as this, or worse.',
    }),
    patterns: Flags.boolean({
      env: 'OPS_PATTERNS',
      exclusive: ['follow'],
      summary: 'Messages that come again and again, counted, with the first and the last time.',
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
    const names = argv.map(String)
    const world = await this.world()
    if (!given.patterns) return showLogs(names, given, world, this.door)
    const { signal } = this.door.interruption
    return this.show('log patterns', await groupLogs(groupRequest(names, given), world, signal))
  }
}
