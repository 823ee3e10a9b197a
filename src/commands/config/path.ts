import { configPaths } from '../../cli/configuration.js'
import { OpsCommand } from '../../cli/opsCommand.js'

export default class ConfigPath extends OpsCommand {
  static override summary = 'Show which configuration file is read, and where ops keeps its state.'
  static override description =
    'Looks upwards from the working folder, then in /etc/ops. The file need not be valid.'
  static override examples = [
    { description: 'Which file is it?', command: '<%= config.bin %> config path' },
    {
      description: 'Edit it',
      command: '$EDITOR "$(<%= config.bin %> config path --json | jq -r .result.file)"',
    },
  ]

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConfigPath)
    return this.show('config path', await configPaths(flags.config))
  }
}
