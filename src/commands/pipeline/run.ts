import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { runPipeline } from '../../procedures/pipeline/run.js'

export default class PipelineRun extends OpsCommand {
  static override summary = "Run the stack's pipeline once, watch its steps, measure it."
  static override description =
    'The pipeline empties what it loads into. So where there are documents, they are counted and saved first, and the ' +
    "target's name is typed; ops undo brings them back. Steps are held against their baselines: loading 5 s, cleaning " +
    '10 s, migration 25 s, verification 5 s, all of it 45 s.'
  static override examples = [
    { description: 'Look first', command: '<%= config.bin %> pipeline run --dry-run' },
    {
      description: 'With every line of its log',
      command: '<%= config.bin %> pipeline run --debug',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'locked',
    'environment',
    'space',
  ]
  static override flags = {
    debug: Flags.boolean({
      env: 'OPS_PIPELINE_DEBUG',
      summary: 'Run it with LOG_LEVEL=DEBUG and show every line it writes.',
    }),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    'no-safety-backup': flags.noSafetyBackup(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(PipelineRun)
    const { backup } = (await this.settings()).config
    const request = {
      targets: await this.allTargets(),
      compression: backup.compression,
      safetyBackup: !given['no-safety-backup'],
      debug: given.debug,
    }
    return this.follow(runPipeline, request, given, 'pipeline run')
  }
}
