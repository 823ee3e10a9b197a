import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { enablePointInTime } from '../../procedures/replicaSet/enable.js'

export default class PitrEnable extends OpsCommand {
  static override summary = 'Make a standalone server a replica set of one member.'
  static override description =
    'Point-in-time recovery takes an oplog, and an oplog takes a replica set; one member is enough. The server has to be a service of the compose ' +
    'project. A safety backup comes first. Then a compose file of its own is written beside yours, none of which is changed, the ' +
    'container is made anew on the same data, and the set is initiated under the name by which the other services reach it. Every document is ' +
    'counted before and after, and a majority has to take a write. "ops undo" makes it a standalone again. Killed half-way, the same command goes on.'
  static override examples = [
    { description: 'What would be done', command: '<%= config.bin %> pitr enable --dry-run' },
    {
      description: 'From a script',
      command: '<%= config.bin %> pitr enable --target medical --confirm medical',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'partial',
    'refused',
    'not-found',
    'locked',
    'integrity',
    'environment',
    'space',
    'timed-out',
  ]
  static override flags = {
    target: flags.target(),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
    wait: flags.wait(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(PitrEnable)
    const request = {
      target: await this.target(given.target),
      timeoutSeconds: flags.waitSeconds(given.wait),
      compression: (await this.settings()).config.backup.compression,
      signal: this.door.interruption.signal,
    }
    return this.follow(enablePointInTime, request, given, 'pitr enabled')
  }
}
