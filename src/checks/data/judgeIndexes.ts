import type { IndexDefinition } from '../../domain/contents.js'
import type { Finding } from '../../domain/finding.js'
import { expectedIndex, type ExpectedIndex } from '../../domain/indexPattern.js'
import { broken, doubtful, fine } from '../doctor/finding.js'
import type { NamespaceEvidence } from './evidence.js'

/** What makes an index cover fewer documents than it seems to, or none. */
const narrowing = ['partialFilterExpression', 'sparse', 'hidden']

/** Whether each expected index is there, with the options that it must have. */
export function judgeIndexes({ namespace, expected, live }: NamespaceEvidence): readonly Finding[] {
  return (expected?.indexes ?? []).map((text) => {
    const id = `${namespace}.indexes.${text}`
    const wanted = expectedIndex(text)
    const alike = (live?.indexes ?? []).filter((index) => hasKey(index, wanted))
    const next = [shellLine(namespace, wanted)]
    if (alike.length === 0)
      return broken(id, {
        says: `there is no index on ${fieldsOf(text)}`,
        because: 'what is looked up by it reads every document',
        next,
      })
    const right = alike.filter((index) => wrongOptions(index, wanted).length === 0)
    const found = right.find((index) => narrowedBy(index, wanted).length === 0) ?? right[0]
    if (!found) {
      const wrong = alike.flatMap((index) => wrongOptions(index, wanted))
      return broken(id, {
        says: `the index on ${fieldsOf(text)} is another one`,
        because: [...new Set(wrong)].join('; '),
        next,
        value: { names: alike.map(({ name }) => name) },
      })
    }
    const deleting = mayDelete(text, expected?.indexes ?? []) ? undefined : alike.find(deletes)
    if (deleting) {
      const seconds = Number(deleting.options['expireAfterSeconds']).toString()
      return broken(id, {
        says: `the index on ${fieldsOf(text)} deletes documents`,
        because: `the server deletes them after ${seconds} s, and ops.yaml does not expect that`,
        next: [
          'ops dr deletion --dry-run   (what was deleted)',
          `indexes: ['${fieldsOf(text)} ttl=${seconds}']   (in ops.yaml, where that is right)`,
        ],
        value: { name: deleting.name, options: deleting.options },
      })
    }
    const options = Object.keys(found.options)
    const value = { name: found.name, options: found.options }
    const unasked = narrowedBy(found, wanted)
    if (unasked.length > 0)
      return doubtful(id, {
        says: `the index on ${fieldsOf(text)} does not serve every query`,
        because: `it is ${unasked.map((option) => words[option] ?? option).join(', ')}`,
        next,
        value,
      })
    const more = options.filter((option) => isSet(found.options[option]))
    const told = more.length === 0 ? '' : ` (${more.join(', ')})`
    return fine(id, `index on ${fieldsOf(text)}${told}`, '', value)
  })
}

/** Whether documents may expire by an index on these fields, by this expectation or by another one. */
function mayDelete(text: string, all: readonly string[]): boolean {
  return all.some(
    (other) =>
      fieldsOf(other) === fieldsOf(text) && 'expireAfterSeconds' in expectedIndex(other).options,
  )
}

function deletes({ options }: IndexDefinition): boolean {
  return isSet(options['expireAfterSeconds'])
}

function narrowedBy({ options }: IndexDefinition, wanted: ExpectedIndex): readonly string[] {
  return narrowing.filter((option) => isSet(options[option]) && !(option in wanted.options))
}

const words: Readonly<Record<string, string>> = { partialFilterExpression: 'partial' }

function fieldsOf(text: string): string {
  return text.split(' ')[0] ?? text
}

/** A text index keeps its fields among its weights, behind a key that is the same for all. */
function hasKey({ key, options }: IndexDefinition, { key: wanted }: ExpectedIndex): boolean {
  if (Object.values(key).includes('text')) {
    const weights = Object.keys(options['weights'] ?? {}).toSorted()
    const texts = wanted.filter(([, kind]) => kind === 'text').map(([field]) => field)
    const plain = Object.entries(key).filter(([field]) => field !== '_fts' && field !== '_ftsx')
    const others = wanted.filter(([, kind]) => kind !== 'text')
    return weights.join() === texts.toSorted().join() && isSameKey(plain, others)
  }
  return isSameKey(Object.entries(key), wanted)
}

function isSameKey(
  key: readonly (readonly [string, unknown])[],
  wanted: ExpectedIndex['key'],
): boolean {
  return (
    key.length === wanted.length &&
    key.every(([field, kind], at) => field === wanted[at]?.[0] && String(kind) === wanted[at][1])
  )
}

function wrongOptions({ options }: IndexDefinition, wanted: ExpectedIndex): readonly string[] {
  return Object.entries(wanted.options).flatMap(([option, value]) => {
    const there = options[option]
    if (value === true) return isSet(there) ? [] : [`it is not ${option}`]
    const seconds = there === undefined ? 'never' : `after ${Number(there).toString()} s`
    return Number(there) === value
      ? []
      : [`documents expire ${seconds}, and not after ${value.toString()} s`]
  })
}

function isSet(option: unknown): boolean {
  return option !== undefined && option !== false
}

function shellLine(namespace: string, { key, options }: ExpectedIndex): string {
  const dot = namespace.indexOf('.')
  const fields = key.map(([field, kind]) => {
    const quoted = /^-?\d+$/.test(kind) && !kind.startsWith('2') ? kind : `"${kind}"`
    return `"${field}": ${quoted}`
  })
  const settings = Object.keys(options).length === 0 ? '' : `, ${JSON.stringify(options)}`
  const [database, collection] = [namespace.slice(0, dot), namespace.slice(dot + 1)]
  return `mongosh --eval 'db.getSiblingDB("${database}").getCollection("${collection}").createIndex({${fields.join(', ')}}${settings})'`
}
