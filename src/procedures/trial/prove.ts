import { createHash } from 'node:crypto'
import type { SampledDocument } from '../../archive/sample.js'
import type { ArchiveContents, NamespaceContents } from '../../domain/contents.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'
import { changedByCommand } from '../restore/compare.js'
import type { Selection } from '../restore/selection.js'

/** What was looked at, and what is not as the archive has it. */
export interface Findings {
  /** Documents compared byte for byte; collections validated. */
  readonly looked: number
  /** About documents. */
  readonly wrongData: readonly string[]
  /** About how collections are made. */
  readonly wrongMake: readonly string[]
}

/** Holds sampled documents of the archive against those that the server has now. */
export async function compareSample(
  session: MongoSession,
  contents: ArchiveContents,
  sample: readonly SampledDocument[],
  signal: AbortSignal,
): Promise<Findings> {
  const wrongData: string[] = []
  let looked = 0
  for (const [name, drawn] of byNamespace(sample)) {
    const namespace = contents.namespaces[name]
    if (!namespace || changedByCommand(name, namespace, contents)) continue
    const { database, collection, storedAs = collection } = namespace
    const there = new Set<string>()
    for await (const document of session.documents(
      database,
      storedAs,
      drawn.map(({ id }) => id),
    )) {
      signal.throwIfAborted()
      there.add(createHash('sha256').update(document).digest('hex'))
    }
    looked += drawn.length
    const differing = drawn.filter(({ sha256 }) => !there.has(sha256)).length
    // Which ones is not said: what identifies a document may identify a patient.
    if (differing > 0)
      wrongData.push(
        `${differing.toString()} of ${drawn.length.toString()} documents looked at in ${name} are not, byte for byte, those of the archive`,
      )
  }
  return { looked, wrongData, wrongMake: [] }
}

/** Asks the server to validate every collection that was restored, data and indexes. */
export async function validateAll(
  session: MongoSession,
  { namespaces }: Selection,
  signal: AbortSignal,
): Promise<Findings> {
  const wrongData: string[] = []
  let looked = 0
  for (const [name, { database, collection, storedAs = collection, type }] of Object.entries(
    namespaces,
  )) {
    signal.throwIfAborted()
    if (type === 'view') continue
    const errors = await session.validate(database, storedAs)
    looked += 1
    if (errors.length > 0) wrongData.push(`${name} is not valid: ${errors.join('; ')}`)
  }
  return { looked, wrongData, wrongMake: [] }
}

/** Holds how collections were made (capped, validator, view …) against the archive. */
export function compareOptions(
  contents: ArchiveContents,
  { namespaces }: Selection,
  live: readonly LiveNamespace[],
): Findings {
  const now = new Map(live.map((one) => [`${one.database}.${one.collection}`, one]))
  const wrongMake = Object.entries(namespaces).flatMap(([name, namespace]) => {
    const found = now.get(name)
    // What is not there at all is counted elsewhere.
    if (!found?.options || changedByCommand(name, namespace, contents)) return []
    return differingOptions(name, namespace, found.options)
  })
  return { looked: now.size, wrongData: [], wrongMake }
}

function differingOptions(
  name: string,
  { options: wanted = {} }: NamespaceContents,
  found: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((option) => JSON.stringify(wanted[option]) !== JSON.stringify(found[option]))
    .map((option) => `${name} has another ${option} than the archive says`)
}

function byNamespace(
  sample: readonly SampledDocument[],
): ReadonlyMap<string, readonly SampledDocument[]> {
  const found = new Map<string, SampledDocument[]>()
  for (const one of sample) {
    const known = found.get(one.namespace)
    if (known) known.push(one)
    else found.set(one.namespace, [one])
  }
  return found
}
