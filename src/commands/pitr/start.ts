import { followPitr } from '../../cli/followPitr.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'

export default class PitrStart extends OpsCommand {
  static override summary =
    'Follow the oplog: a slice every `pitr.every`, until it is told to stop.'
  static override description =
    'Stays in the foreground, for systemd or for cron (@reboot). Takes the first base itself, and a new one at once whenever ' +
    'slices call for it. A database, an engine or a disk that is away is told of once and tried again; it never ends by ' +
    'itself. Ctrl-C and SIGTERM end it after the slice under way, with exit code 0. What was missed while it was not running ' +
    'is read when it starts again, as long as the oplog has it.'
  static override examples = [
    { description: 'Follow the only target', command: '<%= config.bin %> pitr start' },
    {
      description: 'As a service: only what goes wrong is told',
      command: '<%= config.bin %> pitr start --quiet',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'refused', 'not-found', 'environment']
  static override flags = { target: flags.target() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(PitrStart)
    const target = await this.target(given.target)
    const reading = await this.settings()
    const followed = await followPitr(target, reading, await this.world(), this.door)
    return this.show('pitr followed', followed)
  }
}
