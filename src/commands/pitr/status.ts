import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { sliceStatus } from '../../procedures/oplog/status.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class PitrStatus extends OpsCommand {
  static override summary = 'Which times can be restored to: bases, slices, timelines, gaps.'
  static override description =
    'Puts the history together from what lies on the shelf, and asks the server whether it can be continued. Late are slices ' +
    'whose last one ends more than three times `pitr.every` ago. Changes nothing; works without the server as well.'
  static override examples = [
    { description: 'Look at the only target', command: '<%= config.bin %> pitr status' },
    {
      description: 'Seconds of writes that would be lost now',
      command: '<%= config.bin %> pitr status --json | jq .result.lagSeconds',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'usage',
    'degraded',
    'failing',
    'not-found',
    'environment',
  ]
  static override flags = { target: flags.target() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(PitrStatus)
    const target = await this.target(given.target)
    const { config } = await this.settings()
    const { signal } = this.door.interruption
    const looking = sliceStatus(target, config.pitr.everySeconds, await this.world(), signal)
    const status = await this.patiently(looking)
    this.outcome(outcomes[status.verdict])
    return this.showBadNews('pitr status', status, status.verdict !== 'ok')
  }
}
