import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { sliceOnce } from '../../cli/pitr.js'
import type { ExitKind } from '../../domain/exit.js'

export default class PitrSlice extends OpsCommand {
  static override summary = 'Put on the shelf what the oplog has since the last slice.'
  static override description =
    'A slice begins with the very entry that the last one ended with; where the server no longer has it, byte for byte, the ' +
    'timeline is closed, nothing is ever put behind it, and the command ends with exit code 5. A new timeline begins behind a ' +
    'base: a backup of the whole instance with its oplog. Only entries that a majority of the replica set has are read. ' +
    'Several runs at a time do no harm: one works, the others are refused.'
  static override examples = [
    { description: 'One slice of the only target', command: '<%= config.bin %> pitr slice' },
    {
      description: 'From cron, with a base of its own whenever one is needed',
      command: '<%= config.bin %> pitr slice --base --quiet',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'failing',
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
    base: Flags.boolean({
      env: 'OPS_BASE',
      summary: 'Take a backup first where slices need a new base.',
    }),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(PitrSlice)
    const target = await this.target(given.target)
    const reading = await this.settings()
    const taken = await sliceOnce(target, given, reading, await this.world(), this.door)
    if (taken.gap) this.outcome('failing')
    return this.showBadNews('pitr slice', taken, taken.gap !== undefined)
  }
}
