import { Flags } from '@oclif/core'
import { examineMachine, outcomes } from '../cli/doctor.js'
import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { tellHowToUse } from '../cli/rolesScript.js'
import type { ExitKind } from '../domain/exit.js'
import { rolesScript } from '../domain/roles/rolesScript.js'

export default class Doctor extends OpsCommand {
  static override summary =
    'Is this machine able to do its job? Looks at everything, changes nothing.'
  static override description =
    'Docker engine and Compose; the configuration and who may read it; for each target its container and image, the ' +
    'server, the sign-in and its rights to back up AND to restore, the MongoDB tools, replica set, clocks, ' +
    'shelf, disk, the newest backup, procedures that were cut off, and locks. Everything is looked at side by side, ' +
    'each with its own deadline: what is broken keeps nothing else from being looked at, and what could not be looked at ' +
    'is said so and counts as a warning, never as good. Every target is looked at where none is named.\n\n' +
    'It looks at what others could do, too: who reaches the port and whether a password is asked for, passwords that are easily ' +
    'guessed, the administrator used for daily work, connections without TLS, who may talk to the Docker engine, who may read ' +
    '.env and the shelf, keys that lie beside the backups. --roles prints a script for mongosh that makes users with no more ' +
    'rights than their work takes; it changes nothing by itself and holds no password.'
  static override examples = [
    { description: 'Look at everything', command: '<%= config.bin %> doctor' },
    {
      description: 'From cron: silent unless something is wrong',
      command: '<%= config.bin %> doctor --quiet',
    },
    {
      description: 'Only what is not right, for a program',
      command:
        '<%= config.bin %> doctor --json | jq \'.result.checks[] | select(.severity != "ok")\'',
    },
    {
      description: 'Users with no more rights than their work takes, for mongosh',
      command: '<%= config.bin %> doctor --roles > ops-users.js',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'degraded', 'failing', 'not-found']
  static override flags = {
    target: flags.target(),
    roles: Flags.boolean({
      env: 'OPS_ROLES',
      summary:
        'Print a script for mongosh that makes users with the least rights, and look at nothing.',
    }),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(Doctor)
    if (given.roles) {
      const target = await this.target(given.target)
      tellHowToUse(target, this.door)
      return this.show('roles', { target: target.name, script: rolesScript(target) })
    }
    const { json, quiet, stderr, notice } = this.door
    if (!json && !quiet && stderr.isTTY) notice('Looking at everything at once; a few seconds …')
    const diagnosis = await this.patiently(
      examineMachine({
        config: given.config,
        target: given.target,
        opsVersion: this.config.version,
        home: this.config.root,
        node: process.execPath,
        signal: this.door.interruption.signal,
        warn: (text) => {
          this.warning(text)
        },
      }),
    )
    this.outcome(outcomes[diagnosis.verdict])
    return this.showBadNews('doctor', diagnosis, diagnosis.verdict !== 'ok')
  }
}
