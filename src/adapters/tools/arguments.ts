import type { Secret } from '../../domain/secret.js'
import { optionsOf } from '../mongo/connectionString.js'
import type { DumpRequest, RestoreRequest } from '../../ports/tools.js'

/** mongodump's arguments: a raw archive on standard output, compressed by ops and not by it. */
export function dumpArguments({ database, oplog }: DumpRequest): readonly string[] {
  return [
    '--archive',
    ...(database === undefined ? [] : [`--db=${database}`]),
    ...(oplog ? ['--oplog'] : []),
  ]
}

/**
 * mongorestore's arguments for a raw archive on standard input. `--stopOnError` because without it documents that fail
 * are counted and forgotten, exit code 0. Keeping the order means one worker a collection: a number of them would be
 * ignored at best. Unless told otherwise mongorestore asks for `w: majority`, which waits for the journal at every batch.
 */
export function restoreArguments(request: RestoreRequest): readonly string[] {
  const { drop, oplogReplay, maintainInsertionOrder = false, durableLater = false } = request
  return [
    '--archive',
    '--stopOnError',
    maintainInsertionOrder ? '--maintainInsertionOrder' : '--numInsertionWorkersPerCollection=4',
    ...(durableLater ? ['--writeConcern={w: 1}'] : []),
    ...(drop ? ['--drop'] : []),
    ...(oplogReplay ? ['--oplogReplay'] : []),
  ]
}

/**
 * How long a tool looks for a server that went away, in seconds. Its own 30 only make whoever waits learn later that it is gone: what
 * was cut off in the middle fails in any case. Left to a connection string that says it itself: the tools refuse both.
 */
export function patienceArguments(uri: Secret): readonly string[] {
  return optionsOf(uri).has('serverselectiontimeoutms') ? [] : ['--serverSelectionTimeout=10']
}

/** The tools' configuration as one line. A JSON string is a YAML double-quoted scalar, so nothing in it can end the line. */
export function toolConfiguration(uri: Secret): string {
  return `uri: ${JSON.stringify(uri.reveal())}\n`
}
