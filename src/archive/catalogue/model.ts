import { bucketsPrefix } from '../../domain/buckets.js'
import { EJSON, serialize } from 'bson'
import type { Catalogue } from '../../domain/catalogue.js'
import type { NamespaceType } from '../../domain/contents.js'
import type { LateDefinitions, LateSeries, LateView } from '../../domain/lateDefinitions.js'
import { fieldsIn, without, type Fields } from '../bson/fields.js'
import { readMetadata } from '../metadata.js'
import { splitNamespace } from '../oplog/command.js'
import type { PreludeEntry } from '../prelude.js'
import { seriesIndex } from './bucketIndex.js'
import { changedIndex, changedOptions } from './collMod.js'
import { catalogueEntry, isCatalogued, isDefaultId, plain } from './definition.js'
import { Unmodelled } from './unmodelled.js'
import { viewAfter } from './viewWrite.js'

/** One namespace with everything that makes it, types of BSON kept (as `promoteValues: false` gives them). */
interface Definition {
  readonly type: NamespaceType
  options: Fields
  /** By name, without `_id_`. */
  readonly indexes: Map<string, Fields>
  /** Whether the prelude has it, and mongorestore makes it from there. */
  readonly isAnnounced: boolean
  /** What the last change of its granularity said. */
  granularity?: Fields | undefined
}

/**
 * What a server defines, followed from the prelude of a base through the commands of the oplog: which collections, views
 * and time-series, with which options and indexes. A time-series is one namespace, under its own name.
 *
 * The prelude may be later than the first entries, which then tell it what it knows: saying so again changes nothing. An
 * index counts from the moment its building is committed. Throws Unmodelled where the outcome of a command is not known.
 *
 * Where the base is `unknown`, what nobody has told of is taken to be there: then it throws only for what is not known
 * whatever was there before.
 */
export class CatalogueModel {
  readonly #definitions = new Map<string, Definition>()
  /** What of it a command has been about: the server may have other indexes there than the prelude says. */
  readonly #touched = new Set<string>()

  constructor(readonly base: 'known' | 'unknown' = 'known') {}

  /** A namespace of the prelude. Throws ARCHIVE_CORRUPT. */
  announce(entry: PreludeEntry, offset: number): void {
    const { database, collection } = entry
    if (!isCatalogued(database, collection)) return
    const { type } = readMetadata(entry, offset)
    const metadata: unknown =
      entry.metadata === '' ? {} : EJSON.parse(entry.metadata, { relaxed: false })
    const { options, indexes } = fieldsIn(metadata) ?? {}
    const definition: Definition = {
      type,
      options: fieldsIn(options) ?? {},
      indexes: new Map<string, Fields>(),
      isAnnounced: true,
    }
    for (const index of listed(indexes)) keep(definition, index)
    this.#definitions.set(`${database}.${collection}`, definition)
  }

  /** A command on one collection, other than a renaming. `namespace` is `database.collection` as the oplog has it. */
  command(name: string, namespace: string, command: Fields): void {
    const { shown, isBuckets } = shownName(namespace)
    const [database, collection] = splitNamespace(namespace)
    if (collection === 'system.views' && name === 'drop') this.#dropViews(database)
    if (!isCatalogued(...splitNamespace(shown))) return
    this.#touched.add(shown)
    if (name === 'create') this.#definitions.set(shown, created(command, isBuckets))
    else if (name === 'drop') this.#definitions.delete(shown)
    else if (name !== 'emptycapped') {
      // What is said of a collection that is dropped further on, and that the prelude no longer has, is of no account.
      const definition = this.#definitions.get(shown) ?? this.#assumed(shown, isBuckets)
      if (definition) change(definition, name, command)
    }
  }

  dropDatabase(database: string): void {
    for (const name of this.#definitions.keys()) {
      if (splitNamespace(name)[0] !== database) continue
      this.#definitions.delete(name)
      this.#touched.add(name)
    }
  }

  /** `stayTemp` is what the command says of it: a collection that is made in the background stops being temporary. */
  rename(from: string, to: string, stayTemp: boolean): void {
    const definition = this.#definitions.get(from) ?? this.#assumed(from, false)
    if (!definition) throw new Unmodelled(`the renaming of ${from}, of which nothing is known`)
    if (!stayTemp) definition.options = without(definition.options, ['temp'])
    this.#definitions.delete(from)
    this.#definitions.set(to, definition)
    this.#touched.add(from).add(to)
  }

  /** A write to `system.views` of a database. `written` is `o`, `of` is `o2` (of an update). */
  viewWrite(operation: string, written: Fields, of: Fields | undefined): void {
    const id = (of ?? written)['_id']
    if (typeof id !== 'string') throw new Unmodelled('a write to system.views of no view')
    const known = this.#definitions.get(id)
    // The view that a time-series is seen through; its collection of buckets has commands of its own.
    if (known?.type === 'timeseries') return
    if (!known && this.base === 'unknown' && tellsOfBuckets(written)) return
    if (operation === 'd') {
      this.#definitions.delete(id)
      return
    }
    const options = viewAfter(id, written, known?.options ?? this.#assumed(id, false)?.options)
    if (options)
      this.#definitions.set(id, { type: 'view', options, indexes: new Map(), isAnnounced: false })
  }

  /** What is defined now. */
  expected(): Catalogue {
    return Object.fromEntries(
      [...this.#definitions]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, { type, options, indexes }]) => [
          name,
          catalogueEntry(type, options, [...indexes.values()]),
        ]),
    )
  }

  /** Indexes of a namespace, `_id_` not among them; none where it is not known. */
  indexesOf(namespace: string): readonly Fields[] {
    return [...(this.#definitions.get(namespace)?.indexes.values() ?? [])]
  }

  get touched(): ReadonlySet<string> {
    return this.#touched
  }

  get names(): Iterable<string> {
    return this.#definitions.keys()
  }

  /** Whether it is a time-series of which a replay makes nothing but the buckets. */
  isMadeSeries(namespace: string): boolean {
    const { type, isAnnounced } = this.#definitions.get(namespace) ?? {}
    return type === 'timeseries' && isAnnounced === false
  }

  /** What is to be defined when all else is there. */
  late(): LateDefinitions {
    const views: LateView[] = []
    const series: LateSeries[] = []
    for (const [name, definition] of this.#definitions) {
      const { type, options, indexes, isAnnounced, granularity } = definition
      const [database, own] = splitNamespace(name)
      if (type === 'view')
        views.push({ database, view: own, definition: serialize({ _id: name, ...options }) })
      if (type !== 'timeseries' || (isAnnounced && !granularity)) continue
      series.push({
        database,
        series: own,
        made: !isAnnounced,
        ...(granularity ? { change: serialize(granularity) } : {}),
        indexes: isAnnounced ? [] : [...indexes.values()].map((index) => serialize(index)),
      })
    }
    return { views, series }
  }

  /**
   * Throws Unmodelled where an index that has to be told of again cannot be: JavaScript moves names that are numbers to the
   * front, so that an index on such a field among others would come out in another order.
   */
  requireTellable(): void {
    for (const namespace of this.#touched) {
      for (const { name, key } of this.indexesOf(namespace)) {
        const fields = Object.keys(fieldsIn(key) ?? {})
        if (fields.length < 2 || !fields.some((field) => /^\d+$/.test(field))) continue
        throw new Unmodelled(
          `the index ${String(name)} of ${namespace}, on fields named by numbers,`,
        )
      }
    }
  }

  #assumed(namespace: string, isBuckets: boolean): Definition | undefined {
    if (this.base === 'known') return undefined
    const type = isBuckets ? 'timeseries' : 'collection'
    const definition: Definition = { type, options: {}, indexes: new Map(), isAnnounced: true }
    this.#definitions.set(namespace, definition)
    return definition
  }

  #dropViews(database: string): void {
    for (const [name, { type }] of this.#definitions) {
      if (type === 'view' && splitNamespace(name)[0] === database) this.#definitions.delete(name)
    }
  }
}

/** Whether a write to a view names the stage that opens the buckets of a time-series, which no other view has. */
function tellsOfBuckets(written: Fields): boolean {
  return JSON.stringify(plain(written)).includes('_internalUnpackBucket')
}

function created(command: Fields, isBuckets: boolean): Definition {
  const indexes = new Map<string, Fields>()
  const options = without(command, ['create', 'idIndex'])
  if (!isBuckets) return { type: 'collection', options, indexes, isAnnounced: false }
  // The validator and the clustering are those of the buckets.
  const ofSeries = without(options, ['validator', 'clusteredIndex'])
  return { type: 'timeseries', options: ofSeries, indexes, isAnnounced: false }
}

function change(definition: Definition, name: string, command: Fields): void {
  switch (name) {
    case 'createIndexes':
      add(definition, without(command, ['createIndexes']))
      return
    case 'commitIndexBuild':
      for (const index of listed(command['indexes'])) add(definition, index)
      return
    case 'startIndexBuild':
    case 'abortIndexBuild':
      // `listIndexes`, which the prelude comes from, names indexes that are being built as well.
      for (const index of listed(command['indexes'])) {
        definition.indexes.delete(String(index['name']))
      }
      return
    case 'dropIndexes':
    case 'dropIndex':
    case 'deleteIndexes':
    case 'deleteIndex':
      dropIndexes(definition, command['index'])
      return
    case 'collMod': {
      const modification = fieldsIn(command['index'])
      const index = modification && changedIndex(definition.indexes.values(), modification)
      if (index) definition.indexes.set(String(index['name']), index)
      definition.options = changedOptions(definition.options, command)
      definition.granularity = fieldsIn(command['timeseries']) ?? definition.granularity
      return
    }
    default:
      throw new Unmodelled(`the command ${name}`)
  }
}

/** An index, one of a time-series in the form of its buckets: so the oplog tells of it. */
function add(definition: Definition, index: Fields): void {
  const series = fieldsIn(definition.options['timeseries'])
  keep(definition, series ? seriesIndex(index, series) : index)
}

function listed(indexes: unknown): readonly Fields[] {
  return Array.isArray(indexes) ? indexes.map((index: unknown) => fieldsIn(index) ?? {}) : []
}

function keep(definition: Definition, index: Fields): void {
  if (!isDefaultId(index)) definition.indexes.set(String(index['name']), index)
}

function dropIndexes(definition: Definition, which: unknown): void {
  if (typeof which !== 'string') throw new Unmodelled('the dropping of an index that is not named')
  if (which === '*') definition.indexes.clear()
  else definition.indexes.delete(which)
}

/** A time-series is known by its own name, not by that of the collection that holds its buckets. */
function shownName(namespace: string): { readonly shown: string; readonly isBuckets: boolean } {
  const [database, collection] = splitNamespace(namespace)
  if (!collection.startsWith(bucketsPrefix)) return { shown: namespace, isBuckets: false }
  return { shown: `${database}.${collection.slice(bucketsPrefix.length)}`, isBuckets: true }
}
