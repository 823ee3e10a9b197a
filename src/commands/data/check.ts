import { Args, Flags } from '@oclif/core'
import { csvRequest, told } from '../../cli/data.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { typedNamespace } from '../../cli/where.js'
import type { ExitKind } from '../../domain/exit.js'
import { checkData } from '../../procedures/data/checkData.js'

const outcomes = { ok: 'ok', warn: 'degraded', fail: 'failing' } as const

export default class DataCheck extends OpsCommand {
  static override summary = 'Is the data what it should be? Changes nothing.'
  static override description = [
    'Held against "expectations" of ops.yaml: how many documents, indexes and their options, fields that every document has, types, keys that are there once. The server counts them; of documents chosen at random it is shown which fields they have, of which types, and never a value. Of a collection with more than a million documents only such a sample is looked at, unless --exact asks for all. Without expectations it is shown what is there.',
    'With --csv a file is held against one collection instead: rows that are not in the database, documents that are not in the file, fields that differ. Numbers, dates, true and false are compared by value, whatever their type; empty is the same as missing. Columns find their fields by name. Lines and _ids are printed, values only with --show-values.',
    'Exit code 5 where something is wrong, 4 where something is doubtful or could not be looked at.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'Everything that is expected; from cron silent unless something is wrong',
      command: '<%= config.bin %> data check --quiet',
    },
    {
      description: 'What documents of one collection are made of',
      command: '<%= config.bin %> data check medical_records.healthcare_data --sample 5000',
    },
    {
      description: 'A file against the database',
      command:
        "<%= config.bin %> data check --csv cleaned.csv --collection medical_records.healthcare_data --key patient_info.name=Name --key 'admission_details.admission_date=Date of Admission'",
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'degraded',
    'failing',
    'not-found',
    'integrity',
    'environment',
    'timed-out',
  ]
  static override strict = false
  static override args = {
    namespace: Args.string({
      description: 'database.collection; those that are expected where none is named.',
    }),
  }
  static override flags = {
    target: flags.target(),
    sample: Flags.integer({
      env: 'OPS_SAMPLE',
      helpValue: 'N',
      default: 1000,
      min: 1,
      max: 100_000,
      summary: 'Documents chosen at random that are taken apart.',
    }),
    exact: Flags.boolean({
      env: 'OPS_EXACT',
      summary: 'Read every document, also of collections with more than a million.',
    }),
    'look-limit': flags.questionLimit(),
    csv: Flags.string({
      env: 'OPS_CSV',
      helpValue: 'FILE',
      summary: 'Hold this file against one collection; its first row are headings.',
    }),
    collection: Flags.string({
      env: 'OPS_COLLECTION',
      helpValue: 'NS',
      dependsOn: ['csv'],
      summary: 'With --csv: database.collection; not needed where one alone is expected.',
    }),
    key: Flags.string({
      env: 'OPS_CSV_KEY',
      helpValue: 'PATH[=COLUMN]',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['csv'],
      summary:
        'With --csv: a field that tells which row is which document; several together. By default the first of "unique".',
    }),
    field: Flags.string({
      env: 'OPS_CSV_FIELD',
      helpValue: 'PATH[=COLUMN]',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['csv'],
      summary: 'With --csv: a field whose column is called otherwise.',
    }),
    skip: Flags.string({
      env: 'OPS_CSV_SKIP',
      helpValue: 'COLUMN',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['csv'],
      summary: 'With --csv: a column that is left out.',
    }),
    delimiter: Flags.string({
      env: 'OPS_CSV_DELIMITER',
      helpValue: 'CHARACTER',
      default: ',',
      summary: 'With --csv: what stands between two values; also tab.',
    }),
    encoding: Flags.string({
      env: 'OPS_CSV_ENCODING',
      helpValue: 'NAME',
      default: 'utf-8',
      summary: 'With --csv: the encoding of the file.',
    }),
    loosely: Flags.boolean({
      env: 'OPS_LOOSELY',
      dependsOn: ['csv'],
      summary:
        'With --csv: what loaders clean does not count (upper case, spaces, commas at either end, more than two decimals, copies of rows).',
    }),
    'show-values': Flags.boolean({
      env: 'OPS_SHOW_VALUES',
      dependsOn: ['csv'],
      summary: 'With --csv: print keys and values of the examples. They may be those of patients.',
    }),
  }

  async run(): Promise<unknown> {
    const { argv, flags: given } = await this.parse(DataCheck)
    const target = await this.target(given.target)
    const namespaces = (argv as readonly string[]).map(typedNamespace)
    const csv = csvRequest(given, namespaces, target, process.cwd())
    const request = {
      target,
      namespaces,
      closeness: {
        sample: given.sample,
        exact: given.exact,
        milliseconds: flags.lookLimitMilliseconds(given['look-limit']),
      },
      ...(csv ? { csv } : {}),
      signal: this.door.interruption.signal,
    }
    const found = await this.patiently(checkData(request, await this.world()))
    const checked = {
      ...found,
      checks: told(found.checks, { command: 'data check', argv: this.argv }),
    }
    this.outcome(outcomes[checked.verdict])
    return this.showBadNews('data check', checked, checked.verdict !== 'ok')
  }
}
