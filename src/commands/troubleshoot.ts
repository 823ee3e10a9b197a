import { Args, Flags } from '@oclif/core'
import { chooseSymptom } from '../cli/chooseSymptom.js'
import * as flags from '../cli/flags.js'
import { OpsCommand } from '../cli/opsCommand.js'
import { afterFix, findTroubles, fixRequest } from '../cli/troubleshoot.js'
import type { ExitKind } from '../domain/exit.js'
import { symptoms } from '../domain/symptoms.js'
import { fixTrouble } from '../procedures/troubleshoot/fixTrouble.js'

/** The schedule is no check that a symptom may be told by. */
const notAsked = () => Promise.reject(new Error('the schedule is not looked at'))

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class Troubleshoot extends OpsCommand {
  static override summary =
    'What is wrong, why, and what helps: looks, judges, explains; --fix puts it right.'
  static override description = [
    'Looks at containers, networks, logs, compose files, ports, servers, disks and locks, and names the cause with the lines of evidence that say so. What it cannot be is told with what rules it out; causes that cannot be told apart are named with what would tell. A fault that explains others is told once. Without a symptom everything is looked for, and what applies is named, the most likely first.',
    'With --fix the most likely cause that ops can do something about is put right; where no symptom is named, only a container that ended by itself is started: what somebody may have stopped on purpose, and everything else, is done where its symptom is named. Plan, confirmation where something is lost, and a record, like any procedure. Looking again comes first: what is not as it was shown any more is left alone.',
    'Exit code 5 where a fault is found, or left after --fix, 4 where something is doubtful or could not be looked at.',
  ].join('\n\n')
  static override examples = [
    { description: 'Find out what is wrong', command: '<%= config.bin %> troubleshoot' },
    {
      description: 'Why nothing reaches the database',
      command: '<%= config.bin %> troubleshoot connection',
    },
    {
      description: 'What would be done about it',
      command: '<%= config.bin %> troubleshoot connection --fix --dry-run',
    },
    { description: 'Do it', command: '<%= config.bin %> troubleshoot connection --fix' },
    {
      description: 'Patients who are there twice, by fields that are to be unique',
      command:
        '<%= config.bin %> troubleshoot duplicates --collection medical_records.healthcare_data --by patient_info.name,admission_details.admission_date',
    },
    {
      description: 'Keep one of each name, after a backup; what would go, first',
      command:
        '<%= config.bin %> troubleshoot duplicates --collection medical_records.healthcare_data --by patient_info.name --fix --dry-run',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'degraded',
    'failing',
    'refused',
    'not-found',
    'locked',
    'environment',
    'space',
    'timed-out',
  ]
  static override args = {
    symptom: Args.string({
      description: `What seems to be wrong: ${symptoms.join(', ')}, or a symptom of ops.yaml; everything is looked for where none is named.`,
    }),
  }
  static override flags = {
    target: flags.target(),
    fix: Flags.boolean({
      env: 'OPS_FIX',
      summary: 'Put the most likely cause right that ops can do something about.',
    }),
    collection: Flags.string({
      env: 'OPS_COLLECTION',
      helpValue: 'DATABASE.COLLECTION',
      summary: 'With "duplicates": the collection to search.',
    }),
    by: Flags.string({
      env: 'OPS_BY',
      helpValue: 'FIELD,…',
      summary: 'With --collection: fields that are to be unique together; else everything but _id.',
    }),
    'dry-run': flags.dryRun(),
    confirm: flags.confirm(),
    wait: flags.wait(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(Troubleshoot)
    const targets =
      given.target === undefined ? await this.allTargets() : [await this.target(given.target)]
    const reading = await this.settings()
    const { signal } = this.door.interruption
    const { collection, by } = given
    const symptom = chooseSymptom(args.symptom, reading.config)
    const check = (wanted: readonly string[]) => this.#check(wanted)
    const asked = { symptom, targets, collection, by, reading, signal, check }
    const world = await this.troubleshootWorld()
    const found = await this.patiently(findTroubles(asked, world))
    const request = given.fix
      ? fixRequest(found, symptom, {
          targets: await this.allTargets(),
          timeoutSeconds: flags.waitSeconds(given.wait),
          compression: reading.config.backup.compression,
        })
      : undefined
    if (!request) {
      this.outcome(outcomes[found.verdict])
      return this.showBadNews('troubles', found, found.verdict !== 'ok')
    }
    const followed = await this.followIn(fixTrouble, request, world, given)
    if ('dryRun' in followed) return this.show('dry run', followed)
    const left = await this.patiently(findTroubles(asked, world))
    const both = afterFix(followed.done, left)
    this.outcome(outcomes[both.verdict])
    return this.showBadNews('trouble fixed', both, both.verdict !== 'ok')
  }

  async #check(wanted: readonly string[]) {
    const { lookAtHealthOnce } = await import('../cli/health.js')
    const { secondsForLooking, usualHealthTime } = await import('../cli/healthTime.js')
    const seconds = secondsForLooking(usualHealthTime, 0)
    const { signal } = this.door.interruption
    const asked = { reading: await this.settings(), wanted, signal, schedule: notAsked, seconds }
    return (await lookAtHealthOnce(asked, await this.world())).health.checks
  }
}
