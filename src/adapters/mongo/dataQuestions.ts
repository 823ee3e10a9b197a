import type { Document } from 'mongodb'

/** The number of a document as a whole, beside those of its fields. */
const whole = -1

/** What is at a path, in a word: its BSON type, or that it is there and says nothing. */
function kindAt(path: string): Document {
  const value = `$${path}`
  const text = { $cond: [{ $eq: [{ $trim: { input: value } }, ''] }, 'blankText', 'string'] }
  const notANumber = { $concat: [{ $type: value }, 'NaN'] }
  return {
    $switch: {
      branches: [
        // NaN of a double and of a decimal are the same to the server.
        { case: { $eq: [value, NaN] }, then: notANumber },
        { case: { $eq: [value, ''] }, then: 'emptyText' },
        { case: { $eq: [value, []] }, then: 'emptyList' },
        { case: { $eq: [{ $type: value }, 'string'] }, then: text },
      ],
      default: { $type: value },
    },
  }
}

/** Counts documents (`f` -1) and what they hold at each path (`f` its number), whatever the number of documents is. */
export function tallyQuestion(paths: readonly string[], most: number | undefined): Document[] {
  const number = (f: number) => ({ $literal: f })
  const fields = paths.map((path, at) => ({ f: number(at), k: kindAt(path) }))
  const seen = [{ f: number(whole), k: { $literal: 'document' } }, ...fields]
  return [
    ...(most === undefined ? [] : [{ $sample: { size: most } }]),
    { $project: { _id: 0, seen } },
    { $unwind: '$seen' },
    { $group: { _id: '$seen', n: { $sum: 1 } } },
  ]
}

/** One answer to `tallyQuestion`. */
export interface TallyAnswer {
  readonly _id: { readonly f: number; readonly k: string }
  readonly n: number
}

/** Whether an answer is about documents as such. */
export function isOfDocuments({ _id }: TallyAnswer): boolean {
  return _id.f === whole
}

/** Groups by what is at these paths; without any by everything but the `_id`, in the order in which it lies. */
export function duplicatesQuestion(paths: readonly string[], most: number): Document[] {
  const others = { $filter: { input: { $objectToArray: '$$ROOT' }, cond: notTheId } }
  const key: [string, unknown][] =
    paths.length === 0
      ? [['k0', others]]
      : paths.map((path, at) => [`k${at.toString()}`, keyAt(path)])
  const none = { $and: key.map(([name]) => ({ $eq: [`$_id.${name}`, null] })) }
  const repeated = { $and: [{ $gt: ['$n', 1] }, { $not: [none] }] }
  const when = (condition: Document, value: unknown) => ({ $sum: { $cond: [condition, value, 0] } })
  return [
    {
      $group: {
        _id: Object.fromEntries(key),
        n: { $sum: 1 },
        first: { $min: '$_id' },
        last: { $max: '$_id' },
      },
    },
    {
      $facet: {
        sums: [
          {
            $group: {
              _id: null,
              documents: { $sum: '$n' },
              withoutKey: when(none, '$n'),
              groups: when(repeated, 1),
              surplus: when(repeated, { $subtract: ['$n', 1] }),
            },
          },
        ],
        largest: [
          { $match: { $expr: repeated } },
          { $sort: { n: -1, first: 1 } },
          { $limit: most },
          { $project: { _id: 0, n: 1, first: 1, last: 1 } },
        ],
      },
    },
  ]
}

/** A list without entries is no key: through such a list, a path leads to one in every document that has nothing there. */
function keyAt(path: string): Document {
  const value = { $ifNull: [`$${path}`, null] }
  return { $cond: [{ $eq: [value, []] }, null, value] }
}

const notTheId = { $ne: ['$$this.k', '_id'] }

/** The answer to `duplicatesQuestion`. */
export interface DuplicatesAnswer {
  readonly sums: readonly {
    readonly documents: number
    readonly withoutKey: number
    readonly groups: number
    readonly surplus: number
  }[]
  readonly largest: readonly {
    readonly n: number
    readonly first: unknown
    readonly last: unknown
  }[]
}

/** What `find` is asked for. A path below another one that is asked for, as the `_id` is, comes with it; the server takes only the outer one. */
export function projectionOf(paths: readonly string[]): Document {
  const all = ['_id', ...paths]
  const outer = all.filter((path) => !all.some((other) => path.startsWith(`${other}.`)))
  return Object.fromEntries(outer.map((path) => [path, 1]))
}
