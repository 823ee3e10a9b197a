import { shownConfig } from '../../cli/configuration.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'

export default class ConfigShow extends OpsCommand {
  static override summary = 'Show every setting, and where its value comes from.'
  static override description =
    'Secrets are shown as the references they are, never as values: the output can be pasted into a ticket.'
  static override examples = [
    { description: 'Everything that is in force', command: '<%= config.bin %> config show' },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'refused']

  async run(): Promise<unknown> {
    await this.parse(ConfigShow)
    return this.show('config show', shownConfig(await this.settings()))
  }
}
