import { Flags } from '@oclif/core'
import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import type { ExitKind } from '../domain/exit.js'

export default class Init extends OpsCommand {
  static override summary = 'Look at the compose file and the containers here, and write ops.yaml.'
  static override description =
    'Finds the MongoDB servers, how to sign in (by reference: no secret is written), what writes to them, and the ' +
    'databases they hold. Every value has a comment that says how it was found. A file that is there is never replaced ' +
    'without a yes, and then it is kept.'
  static override examples = [
    {
      description: 'In the folder of the compose file',
      command: '<%= config.bin %> init',
    },
    {
      description: 'See what would be written',
      command: '<%= config.bin %> init --dry-run',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'environment',
  ]
  static override flags = {
    'dry-run': flags.dryRun(),
    force: Flags.boolean({
      env: 'OPS_FORCE',
      summary: 'Replace a file that is there; it is kept beside the new one.',
    }),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Init)
    const { initialise } = await import('../cli/init.js')
    const { config, force } = given
    const request = { config, force, dryRun: given['dry-run'], opsVersion: this.config.version }
    return this.show('init', await initialise(request, this.door))
  }
}
