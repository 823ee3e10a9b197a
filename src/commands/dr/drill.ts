import { Args, Flags } from '@oclif/core'
import { drillEach } from '../../cli/drill.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import type { ExitKind } from '../../domain/exit.js'
import { chooseScenarios, scenarios } from '../../procedures/drill/scenarios.js'

export default class DrDrill extends OpsCommand {
  static override summary = 'Carry a disaster out on an isolated clone, and measure RTO and RPO.'
  static override description = [
    'Makes a clone of the stack beside it (own project, own volumes, no published port, a network that leads nowhere), fills it from the newest good backup, writes numbered documents, and carries the disaster out for real. Then the very procedure of "ops dr" brings it back. The time from the disaster to the proof is the RTO; what is missing of the numbered documents is counted, and is the RPO.',
    'The real stack is not touched; its backups, records and locks stay as they are. The clone is removed at the end, whatever happened; what a killed drill left, the next one removes. Each drill is kept as a JSON file in the state folder.',
    `Scenarios: ${scenarios.map(({ name, summary }) => `${name} (${summary})`).join('; ')}; all of them: all.`,
  ].join('\n\n')
  static override examples = [
    { description: 'What it would do', command: '<%= config.bin %> dr drill --dry-run' },
    {
      description: 'Every scenario, with a report to hand in',
      command: '<%= config.bin %> dr drill --report drill.md',
    },
    { description: 'One of them', command: '<%= config.bin %> dr drill container' },
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
  ]
  static override args = {
    scenario: Args.string({ description: 'Name of a scenario, or all.', default: 'all' }),
  }
  static override flags = {
    target: flags.target(),
    services: Flags.string({
      options: ['databases', 'all'],
      default: 'databases',
      env: 'OPS_SERVICES',
      summary:
        'What the clone consists of: the server and what it needs, or every service but jobs.',
    }),
    write: flags.write(),
    report: Flags.string({
      env: 'OPS_REPORT',
      helpValue: 'FILE',
      summary: 'Also write a report in Markdown to this file.',
    }),
    'dry-run': flags.dryRun(),
    wait: flags.wait(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(DrDrill)
    const chosen = chooseScenarios(args.scenario)
    const target = await this.target(given.target)
    const done = await drillEach(
      { scenarios: chosen, target },
      given,
      await this.settings(),
      await this.drillWorld(),
      this.door,
    )
    if ('dryRuns' in done) return this.show('dry runs', done)
    const missed = done.drills.some(({ outcome }) => outcome === 'missed')
    if (missed) this.outcome('failing')
    return this.showBadNews('drills', done, missed)
  }
}
