import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { installSchedule } from '../../cli/schedule.js'
import type { ExitKind } from '../../domain/exit.js'

export default class ScheduleInstall extends OpsCommand {
  static override summary = 'Hand the schedule of ops.yaml to cron or systemd.'
  static override description =
    'Prints every file whole before it is written, and asks. What is installed already is left as it is; what somebody ' +
    'edited is named and left alone. Root gets files of its own (/etc/cron.d, /etc/systemd/system); other users a marked ' +
    'block of their crontab, or units of their own.'
  static override examples = [
    {
      description: 'See what would be written',
      command: '<%= config.bin %> schedule install --dry-run',
    },
    {
      description: 'From a script, as systemd timers',
      command: '<%= config.bin %> schedule install --with systemd --confirm healthcare',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['failed', 'usage', 'refused', 'environment']
  static override flags = {
    with: flags.scheduler(),
    root: flags.root(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(ScheduleInstall)
    const context = await this.scheduleContext()
    return this.show('schedule changed', await installSchedule(given, context))
  }
}
