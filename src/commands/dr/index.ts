import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { readinessOf } from '../../cli/readiness.js'
import type { ExitKind } from '../../domain/exit.js'

export default class Dr extends OpsCommand {
  static override summary = 'The recoveries: what each is for, and whether it would work tonight.'
  static override description =
    'Lists each recovery with what it is for, the time it may take, whether it would work tonight (as "ops dr ready" judges it), and when it was ' +
    'last carried out or drilled. Changes nothing, and exits with 0 whatever is in the way.'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> dr' },
    { description: 'Of one target', command: '<%= config.bin %> dr --target medical' },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found']
  static override flags = { target: flags.target() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Dr)
    const targets =
      given.target === undefined ? await this.allTargets() : [await this.target(given.target)]
    const { signal } = this.door.interruption
    const looking = readinessOf(targets, await this.settings(), await this.world(), signal)
    return this.show('scenarios', await this.patiently(looking))
  }
}
