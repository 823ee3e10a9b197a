import { Flags } from '@oclif/core'
import { drDeletion } from '../../cli/drDeletion.js'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import { sinceMoment } from '../../cli/since.js'
import type { ExitKind } from '../../domain/exit.js'

export default class DrDeletion extends OpsCommand {
  static override summary =
    'Put back what was deleted or dropped by accident, and keep every later write.'
  static override description = [
    'Lists what took documents away, from the oplog and from slices: deletes in bursts, collections and databases that were dropped, inside transactions too. You pick one. The moment right before it is rebuilt in a scratch server, and exactly the documents that it took are put back, in the bytes that they had then, where they are not there now. A dropped collection comes back with its options and indexes.',
    'Nothing that is there now is changed: a document that exists again with other content, or whose place in a unique index is taken, is a conflict; it is shown by its _id and left alone. "ops undo" removes what was put back, as far as it is unchanged. Needs pitr: {enabled: true} and a base from before the deletion.',
  ].join('\n\n')
  static override examples = [
    {
      description: 'What was deleted within the last day',
      command: '<%= config.bin %> dr deletion --dry-run',
    },
    { description: 'Pick one of them, and put it back', command: '<%= config.bin %> dr deletion' },
    {
      description: 'The same from a script',
      command:
        '<%= config.bin %> dr deletion --pick delete:1795267324:3:medical_records.visits --confirm medical --json',
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
    since: Flags.string({
      env: 'OPS_SINCE',
      helpValue: 'TIME',
      default: '24h',
      summary: 'Look back so long (30m, 24h, 7d), or to a time with its offset.',
    }),
    collection: Flags.string({
      env: 'OPS_COLLECTION',
      helpValue: 'NS',
      summary: 'Only this: database.collection, or a database.',
    }),
    'at-least': Flags.integer({
      env: 'OPS_AT_LEAST',
      helpValue: 'N',
      default: 10,
      min: 1,
      summary: 'List deletes of at least so many documents; drops are always listed.',
    }),
    pick: Flags.string({
      env: 'OPS_PICK',
      helpValue: 'ID',
      summary: 'The one to put back: its id, or its number in the list.',
    }),
    image: Flags.string({
      env: 'OPS_IMAGE',
      helpValue: 'IMAGE',
      summary: "Image of the scratch server; that of the target's container by default.",
    }),
    confirm: flags.confirm(),
    'dry-run': flags.dryRun(),
  }

  async run(): Promise<unknown> {
    const { flags: given } = await this.parse(DrDeletion)
    const target = await this.target(given.target)
    const world = await this.world()
    const since = sinceMoment(given.since, world.clock.now())
    const { compression } = (await this.settings()).config.backup
    const answer = await drDeletion(
      target,
      since,
      given,
      compression,
      async (found) => {
        await this.show('deletions', found)
      },
      world,
      this.door,
    )
    if ('listed' in answer) return this.show('deletions', answer.listed)
    if ('planned' in answer) return this.show('dry run', answer.planned)
    const { conflicts, left } = answer.done
    if (conflicts + left.length > 0) this.outcome('partial')
    return this.showBadNews('deletion put back', answer.done, conflicts + left.length > 0)
  }
}
