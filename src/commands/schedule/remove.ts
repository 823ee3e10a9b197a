import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { removeSchedule } from '../../cli/schedule.js'
import type { ExitKind } from '../../domain/exit.js'

export default class ScheduleRemove extends OpsCommand {
  static override summary = 'Take the schedule away from cron and systemd.'
  static override description =
    "Removes what was installed for this stack, and nothing else: another stack's files, other lines of a crontab and " +
    'anything that was edited stay as they are. The record of past runs stays too.'
  static override examples = [
    {
      description: 'See what would be removed',
      command: '<%= config.bin %> schedule remove --dry-run',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['failed', 'usage', 'refused', 'environment']
  static override flags = {
    root: flags.root(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(ScheduleRemove)
    const context = await this.scheduleContext()
    return this.show('schedule changed', await removeSchedule(given, context))
  }
}
