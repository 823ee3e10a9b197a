import { checkedConfig } from '../../cli/configuration.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'

export default class ConfigCheck extends OpsCommand {
  static override summary = 'Check the configuration: every problem with its line and column.'
  static override examples = [
    { description: 'The configuration in use here', command: '<%= config.bin %> config check' },
    {
      description: 'A file before it is put in place',
      command: '<%= config.bin %> config check --config new.yaml',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'refused']

  async run(): Promise<unknown> {
    await this.parse(ConfigCheck)
    return this.show('config check', await this.patiently(checkedConfig(await this.settings())))
  }
}
