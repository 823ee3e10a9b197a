import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { pipelineStatus } from '../../procedures/pipeline/status.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class PipelineStatus extends OpsCommand {
  static override summary = 'Show the last run of the pipeline: when, how long, how it ended.'
  static override description =
    'However it was started, with its steps against their baselines (loading 5 s, cleaning 10 s, migration 25 s, verification 5 s, ' +
    'all of it 45 s) and the runs before that ops saw. Exit code 5 where it failed or never ran, 4 where something took more than a ' +
    'quarter longer than its baseline, or that is not known. .result.exitCode of --json is that of the job.'
  static override examples = [
    { description: 'The last run', command: '<%= config.bin %> pipeline status' },
    {
      description: 'Its exit code',
      command: '<%= config.bin %> pipeline status --json | jq .result.exitCode',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'usage',
    'degraded',
    'failing',
    'not-found',
    'environment',
  ]

  async run(): Promise<unknown> {
    await this.parse(PipelineStatus)
    const status = await this.patiently(pipelineStatus(await this.world()))
    this.outcome(outcomes[status.verdict])
    return this.showBadNews('pipeline status', status, status.verdict !== 'ok')
  }
}
