import { Args, Flags } from '@oclif/core'
import { told, typedPaths } from '../../cli/data.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { typedNamespace } from '../../cli/where.js'
import type { ExitKind } from '../../domain/exit.js'
import { findDuplicates } from '../../procedures/data/duplicates.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class DataDuplicates extends OpsCommand {
  static override summary =
    'Documents that have the same key: how many, and which. Changes nothing.'
  static override description =
    'The server groups every document by the values of some fields, and counts. Without --by the fields are those that "unique" of ops.yaml names, and where it names none, whole documents without their _id are compared, up to a million of a collection. Of each group two documents are named by their _id, the smallest and the largest; values are not shown. Documents whose whole key is missing, null or an empty list have none, and are counted apart. Exit code 5 where documents share a key that ops.yaml expects to be unique, 4 where they share another one.'
  static override examples = [
    {
      description: 'Patients who are there more than once',
      command:
        '<%= config.bin %> data duplicates medical_records.healthcare_data --by patient_info.name,admission_details.admission_date',
    },
    {
      description: 'Documents that are there twice, letter by letter',
      command: '<%= config.bin %> data duplicates medical_records.audit_trail',
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'degraded',
    'failing',
    'not-found',
    'environment',
    'timed-out',
  ]
  static override args = {
    namespace: Args.string({
      description:
        'database.collection; those of ops.yaml with a key that is to be unique where none is named.',
    }),
  }
  static override flags = {
    target: flags.target(),
    by: Flags.string({
      env: 'OPS_BY',
      helpValue: 'PATH[,PATH]',
      summary: 'The fields of the key, dotted, with commas.',
    }),
    top: Flags.integer({
      env: 'OPS_TOP',
      helpValue: 'N',
      default: 10,
      min: 1,
      max: 1000,
      summary: 'So many of the largest groups are shown.',
    }),
    'look-limit': flags.questionLimit(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(DataDuplicates)
    const request = {
      target: await this.target(given.target),
      namespaces: args.namespace === undefined ? [] : [typedNamespace(args.namespace)],
      by: typedPaths(given.by),
      top: given.top,
      milliseconds: flags.lookLimitMilliseconds(given['look-limit']),
      signal: this.door.interruption.signal,
    }
    const result = await this.patiently(findDuplicates(request, await this.world()))
    const found = {
      ...result,
      checks: told(result.checks, { command: 'data duplicates', argv: this.argv }),
    }
    this.outcome(outcomes[found.verdict])
    return this.showBadNews('data duplicates', found, found.verdict !== 'ok')
  }
}
