import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { pipelineStatus } from '../../procedures/pipeline/status.js'

export default class PipelineStatus extends OpsCommand {
  static override summary = 'Show the last run of the pipeline: when, how long, how it ended.'
  static override description =
    'However it was started. Exit code 0 whatever became of the run: it is what was asked about.'
  static override examples = [
    { description: 'The last run', command: '<%= config.bin %> pipeline status' },
    {
      description: 'Its exit code',
      command: '<%= config.bin %> pipeline status --json | jq .result.exitCode',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'not-found', 'environment']

  async run(): Promise<unknown> {
    await this.parse(PipelineStatus)
    const status = await this.patiently(pipelineStatus(await this.world()))
    return this.show('pipeline status', status)
  }
}
