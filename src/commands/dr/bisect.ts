import { Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { follow } from '../../cli/follow.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { typedNamespace, typedQuery } from '../../cli/where.js'
import type { ExitKind } from '../../domain/exit.js'
import { bisect } from '../../procedures/dr/bisect/bisect.js'

export default class DrBisect extends OpsCommand {
  static override summary =
    'Find the write that broke the data: when did this query begin to match?'
  static override description = [
    'You say what must not be, as a query that should match nothing. The oldest and the newest good backup are restored into a scratch server and asked, then those in between, halving each time. Between the last clean and the first dirty one it goes on with moments, from slices of the oplog, until one operation is left: clean right before it, dirty right after it, both restored and asked.',
    'It says what the operation was, when, by whom as far as the oplog says it, and what to type to have the collection as it was right before. The live server is asked once and not changed. Without slices it says between which two backups it happened. What matched for a while and was put right again is not looked for.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'Since when are there patients with a negative age?',
      command: `<%= config.bin %> dr bisect --collection medical_records.healthcare_data --where '{"patient_info.age": {"$lt": 0}}'`,
    },
    {
      description: 'What it would restore, and into what',
      command: `<%= config.bin %> dr bisect --collection medical_records.visits --where '{"note": "XXX"}' --dry-run`,
    },
  ]
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'partial',
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
    collection: Flags.string({
      env: 'OPS_COLLECTION',
      helpValue: 'NS',
      required: true,
      summary: 'Where to look: database.collection.',
    }),
    where: Flags.string({
      env: 'OPS_WHERE',
      helpValue: 'QUERY',
      required: true,
      summary: 'What should match nothing: a query of MongoDB, as JSON or Extended JSON.',
    }),
    image: Flags.string({
      env: 'OPS_IMAGE',
      helpValue: 'IMAGE',
      summary: "Image of the scratch server; that of the target's container by default.",
    }),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(DrBisect)
    const { image } = given
    const request = {
      namespace: typedNamespace(given.collection),
      query: typedQuery(given.where),
      target: await this.target(given.target),
      compression: (await this.settings()).config.backup.compression,
      signal: this.door.interruption.signal,
      ...(image === undefined ? {} : { image }),
    }
    const followed = await follow(bisect, request, await this.world(), given, this.door)
    if ('dryRun' in followed) return this.show('dry run', followed)
    const isFound = followed.done.found === 'operation'
    if (!isFound) this.outcome('partial')
    return this.showBadNews('bisected', followed.done, !isFound)
  }
}
