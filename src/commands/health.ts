import { Args, Flags } from '@oclif/core'
import * as flags from '../cli/flags.js'
import { lookAtHealthOnce, uptimeSince, type HealthFound } from '../cli/health.js'
import { unwrittenReports } from '../cli/healthReports.js'
import { secondsForLooking, usualHealthTime } from '../cli/healthTime.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { asksForPlugin, pluginAnswer, pluginRefusal } from '../cli/pluginAnswer.js'
import { judgeSaved, type SavedFound } from '../cli/savedHealth.js'
import { standingOf } from '../checks/health/standing.js'
import type { ExitKind } from '../domain/exit.js'
import { withRememberedPlaces } from '../procedures/status/rememberedPlaces.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class Health extends OpsCommand {
  static override summary =
    'Is everything well right now? Every check at once, each problem with what to type.'
  static override description =
    'Engine, containers, the servers of all targets (answer, primary, a confirmed write, connections, what runs long, oplog, cache, ' +
    'replica set, indexes, certificate), services that look in the wrong place or are refused, locks, ports, backups, what would be lost, how long a recovery takes, slices, disk, memory, clocks. ' +
    'No collection is read. Checks are named by what their ids begin with: `mongo`, `backup:medical`. What ' +
    'could not be looked at is unknown, never good. What goes back and forth stays bad until it is stable. A run answers within ' +
    `${usualHealthTime}, or what --timeout says: what has not answered by then is unknown.`
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> health' },
    {
      description: 'The servers, and what would be lost',
      command: '<%= config.bin %> health mongo rpo',
    },
    {
      description: 'For Nagios, Icinga, Zabbix: one line, exit codes 0 to 3',
      command: '<%= config.bin %> health --nagios',
    },
    {
      description: "For the text file collector of Prometheus' node exporter, from cron",
      command: '<%= config.bin %> health --quiet --prometheus /var/lib/node_exporter/ops.prom',
    },
    {
      description: 'Part of the last week that each check was up',
      command: '<%= config.bin %> health --since 7d',
    },
    {
      description: 'What was seen, to be judged on another machine',
      command: '<%= config.bin %> health --save seen.json',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'usage',
    'partial',
    'degraded',
    'failing',
    'not-found',
  ]
  static override strict = false
  static override args = {
    checks: Args.string({ description: 'What ids of checks begin with; all by default.' }),
  }
  static override flags = {
    only: Flags.string({
      env: 'OPS_ONLY',
      helpValue: 'ID,ID',
      summary: 'The same as naming checks.',
    }),
    watch: flags.watch(['from', 'since', 'save', 'json']),
    every: flags.pause(),
    nagios: Flags.boolean({
      env: 'OPS_NAGIOS',
      exclusive: ['json', 'since', 'watch'],
      summary: 'One line for a monitor: exit code 0 ok, 1 warning, 2 critical, 3 unknown.',
    }),
    prometheus: Flags.string({
      env: 'OPS_PROMETHEUS',
      helpValue: 'FILE',
      exclusive: ['since', 'watch'],
      summary: 'Write what was found to this file as well, for a collector (mode 0644).',
    }),
    since: Flags.string({
      env: 'OPS_UPTIME_SINCE',
      helpValue: 'DURATION',
      summary: 'Look at nothing; tell how the checks were since then (7d, 12h).',
    }),
    save: Flags.string({
      env: 'OPS_SAVE',
      helpValue: 'FILE',
      exclusive: ['from', 'since'],
      summary: 'Save what was seen, without secrets, to be judged elsewhere (mode 0600).',
    }),
    from: Flags.string({
      env: 'OPS_FROM_EVIDENCE',
      helpValue: 'FILE',
      exclusive: ['since'],
      summary: 'Judge what --save has saved; look at nothing here.',
    }),
  }

  async run(): Promise<unknown> {
    const { flags: given, argv } = await this.parse(Health)
    const wanted = [...argv.map(String), ...(given.only?.split(',') ?? [])]
    if (given.since !== undefined) {
      const reading = await this.settings()
      const report = uptimeSince(given.since, { reading, wanted }, await this.world())
      return this.show('uptime', await this.patiently(report))
    }
    if (given.watch) return this.#watch(wanted, given.every)
    const found = await this.#found(given, wanted)
    const { health } = found
    // The answer comes first: a monitor has one line, and a program one object, so there the files have a few seconds.
    const unwritten = () => unwrittenReports(given, found, this.config.version)
    if (given.nagios) return pluginAnswer(health, await unwritten(), this.door)
    this.outcome(outcomes[health.verdict])
    const shown = await this.showBadNews('health', health, health.verdict !== 'ok')
    for (const text of await unwritten()) {
      this.warning(text)
      if (health.verdict === 'ok') this.outcome('partial')
    }
    return shown
  }

  /** A monitor takes whatever is not one of its four codes for a broken plugin. */
  protected override async catch(error: unknown): Promise<void> {
    if (asksForPlugin(this.argv)) pluginRefusal(error, this.door)
    else await super.catch(error)
  }

  async #found(
    {
      from,
      timeout,
    }: { readonly from?: string | undefined; readonly timeout?: string | undefined },
    wanted: readonly string[],
  ): Promise<SavedFound> {
    const { version } = this.config
    if (from !== undefined) return judgeSaved(from, wanted, { now: new Date(), version })
    // Whatever hangs, even where nothing is looked at yet.
    if (timeout === undefined) this.door.interruption.limit(55_000, '55s')
    // Two of those who look ask what a place holds.
    const world = await this.#remembering()
    return this.#look(wanted, world, timeout, performance.now() / 1000)
  }

  async #look(
    wanted: readonly string[],
    world: Parameters<typeof lookAtHealthOnce>[1],
    within = usualHealthTime,
    passed = 0,
  ): Promise<HealthFound> {
    const asked = {
      reading: await this.settings(),
      wanted,
      seconds: secondsForLooking(within, passed),
      signal: this.door.interruption.signal,
      schedule: async () => {
        const { scheduleOverview } = await import('../cli/scheduleInstallation.js')
        const { reading, world, around, home, node } = await this.scheduleContext()
        return scheduleOverview(reading.config, { around, home, node }, world)
      },
    }
    return this.patiently(lookAtHealthOnce(asked, world))
  }

  async #remembering(): Promise<Parameters<typeof lookAtHealthOnce>[1]> {
    const { config } = await this.settings()
    return withRememberedPlaces(await this.world(), config.objectives.rpoSeconds)
  }

  async #watch(wanted: readonly string[], every: string): Promise<void> {
    const world = await this.#remembering()
    const look = async () => (await this.#look(wanted, world)).health
    await this.watch('health', look, every, standingOf)
  }
}
