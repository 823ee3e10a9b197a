import type { Manifest } from '../../domain/manifest.js'
import { Failure } from '../../domain/failure.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'
import { compareRestored, type Comparison } from '../restore/compare.js'
import type { StepContext } from '../plan.js'

/**
 * Counts every document and holds collections, indexes and the last write against the manifest. Throws `RESTORE_DIFFERS`
 * (integrity).
 *
 * The server's own counts are part of the files: they agree with the manifest no matter which documents are lost, so they
 * excuse nothing but a number that nobody had counted when the files were copied. That is told.
 */
export async function prove(
  manifest: Manifest,
  session: MongoSession,
  { warn }: Pick<StepContext, 'warn'>,
): Promise<Comparison> {
  await requireLastWrite(manifest, session, warn)
  const exactly = await session.namespaces(manifest.databases, 'exactly')
  const comparison = compared(manifest, exactly)
  if (comparison.problems.length > 0) {
    const roughly = await session.namespaces(manifest.databases, 'roughly')
    const excused = excuse(manifest, exactly, roughly)
    const { problems } = compared(excused.manifest, exactly)
    if (problems.length > 0) throw differs(problems)
    for (const word of excused.words) warn(word)
  }
  for (const note of comparison.notes) warn(note)
  return comparison
}

/** What a server drops when it starts again is the newest of its oplog: with the last write there, nothing was. */
async function requireLastWrite(
  { dataFiles }: Manifest,
  session: MongoSession,
  warn: StepContext['warn'],
): Promise<void> {
  if (!dataFiles?.lastWrite) return
  const there = await session.hasOplogEntry(dataFiles.lastWrite)
  if (there === undefined)
    warn(
      'whether the last write is there could not be seen: the user of this target may not read the oplog',
    )
  if (there === false)
    throw differs([
      `the last write under the lock is not in the oplog: the server dropped the newest of its writes when it was started`,
    ])
}

function compared(manifest: Manifest, live: readonly LiveNamespace[]): Comparison {
  const { collections: namespaces, databases, serverVersion, toolVersion, rawBytes } = manifest
  return compareRestored(
    { serverVersion, toolVersion, rawBytes, namespaces },
    { databases, namespaces },
    live,
  )
}

/** The manifest with what was counted just now, wherever it only had the server's own count and that came back unchanged. */
function excuse(
  manifest: Manifest,
  exactly: readonly LiveNamespace[],
  roughly: readonly LiveNamespace[],
): { readonly manifest: Manifest; readonly words: readonly string[] } {
  const counted = byName(exactly)
  const said = byName(roughly)
  // Copies of a release that counted nothing have no list.
  const estimated = new Set(manifest.dataFiles?.estimated ?? Object.keys(manifest.collections))
  const words: string[] = []
  const collections = Object.fromEntries(
    Object.entries(manifest.collections).map(([name, namespace]) => {
      const documents = counted.get(name)?.documents ?? namespace.documents
      const same = said.get(name)?.documents === namespace.documents
      if (documents === namespace.documents || !same || !estimated.has(name))
        return [name, namespace]
      words.push(
        `${name} has ${documents.toString()} documents where the server's own count says ${namespace.documents.toString()}: nobody counted when the files were copied, so this is either that count, which a crash puts wrong, or documents are missing`,
      )
      return [name, { ...namespace, documents }]
    }),
  )
  return { manifest: { ...manifest, collections }, words }
}

function byName(namespaces: readonly LiveNamespace[]): ReadonlyMap<string, LiveNamespace> {
  return new Map(
    namespaces.map((namespace) => [`${namespace.database}.${namespace.collection}`, namespace]),
  )
}

function differs(problems: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'RESTORE_DIFFERS',
    `the restored files are not what the backup says: ${problems.join('; ')}`,
    ['ops backup list', 'ops doctor'],
    { facts: { problems } },
  )
}
