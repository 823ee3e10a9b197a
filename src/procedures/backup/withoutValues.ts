import type { IndexDefinition, NamespaceContents } from '../../domain/contents.js'

/** What stands in a manifest for a part of a definition that may hold values. */
const leftOut = '[left out]'

/**
 * Options of collections and indexes that are about structure: sizes, names of fields, locales. Everything else (a
 * validator, a view's pipeline, a partial filter, what a later server may add) may hold values of documents.
 */
const structural = new Set([
  // collections
  'autoIndexId',
  'capped',
  'changeStreamPreAndPostImages',
  'clusteredIndex',
  'collation',
  'expireAfterSeconds',
  'max',
  'size',
  'timeseries',
  'validationAction',
  'validationLevel',
  'viewOn',
  // indexes
  '2dsphereIndexVersion',
  'background',
  'bits',
  'clustered',
  'default_language',
  'hidden',
  'language_override',
  'ns',
  'sparse',
  'textIndexVersion',
  'unique',
  'v',
  'weights',
  'wildcardProjection',
])

/**
 * What an archive holds, for its manifest: how many documents, which indexes, how it was created, but no value that may be
 * a patient's. A manifest lies in clear beside an encrypted file and goes where its copies go; the archive has it all.
 */
export function withoutValues(
  namespaces: Readonly<Record<string, NamespaceContents>>,
): Readonly<Record<string, NamespaceContents>> {
  return Object.fromEntries(
    Object.entries(namespaces).map(([name, { options, indexes, ...rest }]) => [
      name,
      {
        ...rest,
        indexes: indexes.map(indexWithoutValues),
        ...(options === undefined ? {} : { options: structure(options) }),
      },
    ]),
  )
}

function indexWithoutValues({ name, key, options }: IndexDefinition): IndexDefinition {
  return { name, key, options: structure(options) }
}

/** The option stays, so that it is known that there was one. */
function structure(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, structural.has(name) ? value : leftOut]),
  )
}
