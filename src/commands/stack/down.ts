import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { stackDown } from '../../procedures/stack/down.js'

export default class StackDown extends OpsCommand {
  static override summary = 'Stop and remove the containers of the stack.'
  static override description =
    'With --volumes the data goes too: the plan lists the volumes and the newest good backup of each target, and the name ' +
    'of the project is typed.'
  static override examples = [
    { description: 'Stop; the data stays in its volumes', command: '<%= config.bin %> stack down' },
    {
      description: 'See what removing the volumes would destroy',
      command: '<%= config.bin %> stack down --volumes --dry-run',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'locked',
    'environment',
  ]
  static override flags = {
    volumes: Flags.boolean({
      env: 'OPS_VOLUMES',
      summary: 'Also remove the volumes, with everything in them.',
    }),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(StackDown)
    const request = { volumes: given.volumes, targets: await this.allTargets() }
    return this.follow(stackDown, request, given, 'stack down')
  }
}
