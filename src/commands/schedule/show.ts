import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { showSchedule } from '../../cli/schedule.js'
import type { ExitKind } from '../../domain/exit.js'

export default class ScheduleShow extends OpsCommand {
  static override summary = 'Show what is scheduled, when it runs next, and how it ran last.'
  static override description =
    'Also tells whether what is installed is what would be written now. Last runs are those that the scheduler started, as ' +
    'ops recorded them.'
  static override examples = [
    {
      description: 'When is the next backup?',
      command: "<%= config.bin %> schedule show --json | jq -r '.result.jobs[0].next[0]'",
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'refused', 'environment']
  static override flags = { root: flags.root() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(ScheduleShow)
    return this.show('schedule', await showSchedule(given, await this.scheduleContext()))
  }
}
