import { Elements } from './bson/elements.js'
import { bsonType } from './bson/type.js'
import { damage } from './damage.js'

/** What the header of an archive says of its making. */
export interface ArchiveVersions {
  readonly serverVersion: string
  readonly toolVersion: string
}

/** One namespace as the prelude announces it. */
export interface PreludeEntry {
  readonly database: string
  readonly collection: string
  /** Extended JSON: options, indexes, uuid. Empty for the oplog. */
  readonly metadata: string
  /** "", "collection", "view" or "timeseries"; tools before 100.0 leave it out. */
  readonly type: string
}

/** The only version of the format that was ever written. */
const formatVersion = '0.1'

/**
 * Reads the document after the magic number. Fields beyond those known are let pass: later tools may add some.
 * Throws ARCHIVE_VERSION_UNKNOWN, ARCHIVE_CORRUPT.
 */
export function readArchiveHeader(document: Buffer, offset: number): ArchiveVersions {
  const texts = readTexts(document, offset)
  const version = texts.get('version')
  if (version === undefined) {
    throw damage('ARCHIVE_CORRUPT', offset, 'the header of the archive states no format version')
  }
  if (version !== formatVersion) {
    const says = `the archive is of format version ${version}, and only ${formatVersion} is known`
    throw damage('ARCHIVE_VERSION_UNKNOWN', offset, says)
  }
  return {
    serverVersion: texts.get('server_version') ?? '',
    toolVersion: texts.get('tool_version') ?? '',
  }
}

/** Reads one namespace of the prelude. Throws ARCHIVE_CORRUPT. */
export function readPreludeEntry(document: Buffer, offset: number): PreludeEntry {
  const texts = readTexts(document, offset)
  const database = texts.get('db')
  const collection = texts.get('collection')
  if (database === undefined || !collection) {
    throw damage('ARCHIVE_CORRUPT', offset, 'the prelude announces a namespace without a name')
  }
  return {
    database,
    collection,
    metadata: texts.get('metadata') ?? '',
    type: texts.get('type') ?? '',
  }
}

function readTexts(document: Buffer, offset: number): Map<string, string> {
  const texts = new Map<string, string>()
  const elements = new Elements(document, offset)
  while (elements.next()) {
    if (elements.type !== bsonType.string) continue
    if (texts.has(elements.name)) {
      throw damage('ARCHIVE_CORRUPT', offset, `the prelude states ${elements.name} twice`)
    }
    texts.set(elements.name, elements.text ?? '')
  }
  return texts
}
