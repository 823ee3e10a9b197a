import { Failure } from '../../domain/failure.js'
import { putBackDeletion } from '../dr/deletion.js'
import { findDeletions } from '../dr/findDeletions.js'
import { withSession } from '../withSession.js'
import { followed } from './followed.js'
import type { Scenario, Ward } from './scenario.js'

/** Milliseconds that are looked back for the deletion: much more than has passed since. */
const lookBack = 600_000

/** Somebody deletes many documents by mistake while others write: `ops dr deletion` puts them back. */
export const deletionScenario: Scenario = {
  name: 'deletion',
  summary: 'documents are deleted by one deleteMany while others write',
  guideSeconds: 600,
  mayLose: true,
  copies: 1,
  strikes: [
    {
      what: () => 'documents were deleted (deleteMany)',
      async inject(ward, { signal, detail }) {
        const { clone, target } = ward
        const databases = await databasesOf(ward, signal)
        const from = { databases, except: ward.writesTo }
        const { namespace, documents } = await clone.deleteMany(target, from, signal)
        if (documents === 0) throw nothingToDelete(ward)
        detail(`${documents.toString()} documents of ${namespace} are deleted`)
      },
    },
  ],
  async recover({ clone: { world }, target, compression }, context) {
    const { signal, detail } = context
    const since = new Date(world.clock.now().getTime() - lookBack)
    const { deletions } = await findDeletions({ target, since, atLeast: 1, signal }, world)
    const newest = deletions.toSorted((one, other) => other.last.seconds - one.last.seconds)[0]
    if (!newest) throw notFound(target.name)
    detail(`found ${newest.id}`)
    const request = { target, deletion: newest, compression, signal }
    await followed(putBackDeletion.plan(request, world), world, context)
  },
}

async function databasesOf(
  { clone: { world }, target }: Ward,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (target.databases.length > 0) return target.databases
  return withSession(target, world, signal, (session) => session.databases())
}

function nothingToDelete({ target: { name } }: Ward): Failure {
  return new Failure(
    'failed',
    'DRILL_NO_DATA',
    `the backup of "${name}" holds no document that could be deleted`,
    ['ops backup list', 'ops backup'],
  )
}

function notFound(target: string): Failure {
  return new Failure(
    'failed',
    'DELETION_UNSEEN',
    `documents of "${target}" were deleted, and the oplog does not say so`,
    ['ops pitr status'],
  )
}
