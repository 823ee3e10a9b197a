import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { readinessOf } from '../../cli/readiness.js'
import type { ExitKind } from '../../domain/exit.js'

export default class DrReady extends OpsCommand {
  static override summary = 'Would each recovery work tonight? Looks, and touches nothing.'
  static override description =
    'Rehearses damage, a container that is down, a deletion and the loss of the host against what is there now: backup, its age and trust, keys, ' +
    'slices, oplog, room, images, compose files, recovery kit, copies elsewhere, and how long it will probably take. Each is READY, or the first ' +
    'thing in its way is named with what to type. What cannot be looked at is in the way. Exit code 5 where anything is.'
  static override examples = [
    { description: 'Every target', command: '<%= config.bin %> dr ready' },
    {
      description: 'What is in the way, for a monitor',
      command:
        "<%= config.bin %> dr ready --json | jq '.result.targets[].scenarios[] | select(.ready | not)'",
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'failing', 'not-found']
  static override flags = { target: flags.target() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(DrReady)
    const targets =
      given.target === undefined ? await this.allTargets() : [await this.target(given.target)]
    const { signal } = this.door.interruption
    const looking = readinessOf(targets, await this.settings(), await this.world(), signal)
    const report = await this.patiently(looking)
    if (!report.ready) this.outcome('failing')
    return this.showBadNews('readiness', report, !report.ready)
  }
}
