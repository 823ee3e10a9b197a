import { examineMachine, outcomes } from '../cli/doctor.js'
import { OpsCommand } from '../cli/opsCommand.js'
import type { ExitKind } from '../domain/exit.js'

export default class Doctor extends OpsCommand {
  static override summary =
    'Is this machine able to do its job? Looks at everything, changes nothing.'
  static override description =
    'Engine and Compose, configuration, containers and images, the MongoDB tools, credentials for backup and restore, ' +
    'replica set, disk, permissions, clocks, and procedures that were cut off. Everything is looked at side by side; what ' +
    'could not be looked at is said so, and is never taken for good.'
  static override examples = [
    { description: 'Look at everything', command: '<%= config.bin %> doctor' },
    {
      description: 'Only what is not right',
      command:
        '<%= config.bin %> doctor --json | jq \'.result.checks[] | select(.severity != "ok")\'',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['degraded', 'failing']

  async run(): Promise<unknown> {
    await this.parse(Doctor)
    const { signal } = this.door.interruption
    const diagnosis = await this.patiently(
      examineMachine(this.settings(), this.config.version, signal),
    )
    this.outcome(outcomes[diagnosis.verdict])
    return this.showBadNews('doctor', diagnosis, diagnosis.verdict !== 'ok')
  }
}
