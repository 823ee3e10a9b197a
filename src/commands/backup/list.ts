import { listBackups, listCopies } from '../../cli/backupEntries.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { retentionOf } from '../../cli/retention.js'

export default class BackupList extends OpsCommand {
  static override summary =
    'List the backups, newest first, with how far each may be relied on and what keeps it.'
  static override description =
    'Trust rises from damaged over unverified and sound to restore-tested. The last column names the rules that keep a ' +
    'backup; where it says nothing, the next prune removes it. On a terminal the columns are aligned; in a ' +
    'pipe they are separated by tabs, numbers are exact, and nothing is cut.'
  static override examples = [
    { description: 'Every backup of every target', command: '<%= config.bin %> backup list' },
    {
      description: 'What lies elsewhere, also when this machine is new and its shelf is empty',
      command: '<%= config.bin %> backup list --from offsite',
    },
    {
      description: 'Ids only',
      command: "<%= config.bin %> backup list --json | jq -r '.result.backups[].id'",
    },
  ]
  static override flags = { target: flags.target(), from: flags.from() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(BackupList)
    const targets = await this.targets({ ...given, all: given.target === undefined })
    const retention = retentionOf((await this.settings()).config)
    const world = await this.world()
    const { signal } = this.door.interruption
    const list = await this.patiently(
      given.from === undefined
        ? listBackups(targets, retention, world)
        : listCopies(targets, given.from, retention, world, signal),
    )
    for (const { file, reason } of list.unreadable)
      this.warning(`${file} cannot be read: ${reason}`)
    return this.show('backup list', list)
  }
}
