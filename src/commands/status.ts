import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { scheduleOverview } from '../cli/scheduleInstallation.js'
import { lookOnce } from '../cli/status.js'
import type { ExitKind } from '../domain/exit.js'
import { withRememberedPlaces } from '../procedures/status/rememberedPlaces.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class Status extends OpsCommand {
  static override summary =
    'How things stand: services, backups, what a disaster would cost now. Changes nothing.'
  static override description =
    'Three lines where all is well; --verbose shows everything all the same. The verdict first. Then the services, the newest good backup of each target with its trust and its copies, the writes that ' +
    'would be lost were its server lost now, or this machine (counted in the oplog), how long a recovery would take, the room ' +
    'on the shelf, and what runs next. Below that each problem with what to type. Exit code 5 where something fails or an ' +
    'objective is missed, 4 where something is doubtful or could not be looked at: that is never called good.'
  static override examples = [
    { description: 'How things stand', command: '<%= config.bin %> status' },
    { description: 'Keep it in view', command: '<%= config.bin %> status --watch' },
    {
      description: 'Seconds of writes that the loss of a server would cost now, for a monitor',
      command: '<%= config.bin %> status --json | jq .result.rpoSeconds',
    },
    {
      description: 'From cron: silent unless something is wrong',
      command: '<%= config.bin %> status --quiet',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'degraded', 'failing', 'not-found']
  static override flags = { target: flags.target(), watch: flags.watch(), every: flags.pause() }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Status)
    const targets =
      given.target === undefined ? await this.allTargets() : [await this.target(given.target)]
    const reading = await this.settings()
    const { signal } = this.door.interruption
    const schedule = async () => {
      const { world, around, home, node } = await this.scheduleContext()
      return scheduleOverview(reading.config, { around, home, node }, world)
    }
    const asked = { targets, reading, signal, schedule }
    const world = await this.world()
    const screen = this.door.verbose ? 'status whole' : 'status'
    if (given.watch) {
      const watched = withRememberedPlaces(world, reading.config.objectives.rpoSeconds)
      return this.watch('status whole', () => lookOnce(asked, watched), given.every)
    }
    const status = await this.patiently(lookOnce(asked, world))
    this.outcome(outcomes[status.verdict])
    return this.showBadNews(screen, status, status.verdict !== 'ok')
  }
}
