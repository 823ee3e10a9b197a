import { asBuffer } from '../../archive/asBuffer.js'
import { Elements } from '../../archive/bson/elements.js'
import { bsonType } from '../../archive/bson/type.js'
import type { PutBackRecord } from '../../domain/deletions/putBackRecord.js'
import { Failure } from '../../domain/failure.js'
import type { Definition, Documents } from '../../ports/documents.js'
import { hashOf } from './putBack.js'
import type { DeletionSource, DeletionSources } from './deletionSources.js'

/** What was made, as the record has it, and what is worth a word. */
export interface MadeAnew extends Pick<PutBackRecord, 'made' | 'indexes' | 'views'> {
  readonly notes: readonly string[]
}

/** What `makeAnew` would make, so that it is on the record before it is made. */
export async function toBeMade(
  { collections, views }: DeletionSources,
  before: PutBackRecord['made'],
  stored: Documents,
): Promise<Omit<MadeAnew, 'notes'>> {
  const made: { namespace: string; sha256: string }[] = []
  const indexes: { namespace: string; name: string }[] = []
  const viewsMade: { namespace: string; sha256: string }[] = []
  for (const source of collections) {
    const { to, name, definition } = source
    const there = await stored.definition(to)
    if (!there) made.push({ namespace: name, sha256: hashOf(definition.options) })
    else if (!(await isOurs(source, there, before, stored)))
      for (const index of missing(definition, there))
        if (!changesData(index.definition)) indexes.push({ namespace: name, name: index.name })
  }
  for (const { to, name, definition } of views)
    if (!(await stored.definition(to)))
      viewsMade.push({ namespace: name, sha256: hashOf(definition.options) })
  return { made, indexes, views: viewsMade }
}

/**
 * Makes collections that are not there with their options, then indexes that are missing, so that nothing that breaks a rule gets in
 * while documents are put back; then views. What is there is never changed: an index that cannot be is noted, and on a collection
 * that others made since also one by which the server would delete documents, or refuse the application's. `tell` hears of
 * each thing that was made, before the next one is. Throws `NAME_TAKEN` (refused) where something else than a collection has the name of one,
 * `COLLECTION_EXISTS` (refused) where somebody makes one of that name at the same moment.
 *
 * @param before collections that a run which was cut off made, or was about to make
 */
export async function makeAnew(
  { collections, views }: DeletionSources,
  before: PutBackRecord['made'],
  stored: Documents,
  tell: (made: MadeAnew) => Promise<void>,
): Promise<void> {
  const found: { -readonly [Key in keyof MadeAnew]: MadeAnew[Key] } = {
    made: [],
    indexes: [],
    views: [],
    notes: [],
  }
  const add = (more: Partial<MadeAnew>) => {
    found.made = [...found.made, ...(more.made ?? [])]
    found.indexes = [...found.indexes, ...(more.indexes ?? [])]
    found.views = [...found.views, ...(more.views ?? [])]
    found.notes = [...found.notes, ...(more.notes ?? [])]
    return tell({ ...found })
  }
  for (const source of collections) {
    const { to, name, definition } = source
    const there = await stored.definition(to)
    if (there && there.type !== 'collection') throw nameTaken(name, there.type)
    const isTheirs = there !== undefined && !(await isOurs(source, there, before, stored))
    // Stored functions have no options, and are made by their first one.
    if (!there && !to.collection.startsWith('system.')) await stored.make(to, definition.options)
    if (!isTheirs) {
      const uuid = (await stored.definition(to))?.uuid
      await add({ made: [{ namespace: name, ...(uuid === undefined ? {} : { uuid }) }] })
    }
    await addIndexes(source, isTheirs, stored, add)
  }
  for (const { to, name, definition } of views) {
    if (!(await madeView(to, definition, stored))) {
      await add({ notes: [`${name} is there again: it is left as it is`] })
      continue
    }
    const made = await stored.definition(to)
    await add({ views: [{ namespace: name, sha256: hashOf(made?.options ?? definition.options) }] })
  }
}

/** Makes a view; false where something has its name by now. Nothing is ever dropped for it. */
async function madeView(
  to: DeletionSource['to'],
  { options }: Definition,
  stored: Documents,
): Promise<boolean> {
  if (await stored.definition(to)) return false
  try {
    await stored.make(to, options)
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'COLLECTION_EXISTS') return false
    throw error
  }
}

async function addIndexes(
  { to, name, definition }: DeletionSource,
  isTheirs: boolean,
  stored: Documents,
  add: (more: Partial<MadeAnew>) => Promise<void>,
): Promise<void> {
  for (const index of missing(definition, await stored.definition(to))) {
    if (isTheirs && changesData(index.definition)) {
      await add({
        notes: [
          `${name}: the index ${index.name} is not built: it is unique or expires documents, and the collection was made by somebody else since`,
        ],
      })
      continue
    }
    const built = await stored.buildIndex(to, index.definition)
    if (!built)
      await add({
        notes: [`${name}: the index ${index.name} is not built: what is there now forbids it`],
      })
    else if (isTheirs) await add({ indexes: [{ namespace: name, name: index.name }] })
  }
}

function missing(wanted: Definition, there: Definition | undefined): Definition['indexes'] {
  const names = new Set(there?.indexes.map(({ name }) => name))
  return wanted.indexes.filter(({ name }) => !names.has(name))
}

/** Whether a server deletes documents by an index, or refuses some because of what others hold. */
function changesData(definition: Uint8Array): boolean {
  const fields = new Elements(asBuffer(definition), 0)
  while (fields.next()) {
    const { name, type, bytes, start } = fields
    if (name === 'expireAfterSeconds') return true
    const isOff = type === bsonType.boolean && bytes[start] === 0
    if ((name === 'unique' || name === 'prepareUnique') && !isOff) return true
  }
  return false
}

/**
 * Whether a run that was cut off made it. One that was cut off right after it made a collection did not come to write down which
 * one: then it is as it was made, and nothing is in it.
 */
async function isOurs(
  { to, name, definition }: DeletionSource,
  there: Definition,
  before: PutBackRecord['made'],
  stored: Documents,
): Promise<boolean> {
  const noted = before.filter(({ namespace }) => namespace === name)
  if (noted.some(({ uuid }) => uuid !== undefined && uuid === there.uuid)) return true
  if (noted.every(({ uuid }) => uuid !== undefined)) return false
  const isAsMade =
    hashOf(there.options) === hashOf(definition.options) && missing(there, definition).length === 0
  return isAsMade && (await stored.isEmpty(to))
}

function nameTaken(name: string, type: string): Failure {
  return new Failure(
    'refused',
    'NAME_TAKEN',
    `${name} is a ${type} now: the collection of that name cannot be put back beside it`,
    [
      `mongosh: rename or drop the ${type} ${name}`,
      'ops restore --into NAME   (a copy, under another database)',
    ],
  )
}
