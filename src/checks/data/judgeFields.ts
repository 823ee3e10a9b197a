import type { Finding } from '../../domain/finding.js'
import { isAllowed } from '../../domain/fieldTypes.js'
import { blind, broken, doubtful } from '../doctor/finding.js'
import type { NamespaceEvidence, SeenTally } from './evidence.js'
import { fineSoFar } from './fineSoFar.js'
import { many, separated } from './numbers.js'

/** Of which type a kind that is not one itself is. */
const typeOfKind: Readonly<Record<string, string>> = {
  emptyText: 'string',
  blankText: 'string',
  emptyList: 'array',
  doubleNaN: 'double',
  decimalNaN: 'decimal',
}

/**
 * Whether every document has a value there. One that is missing or null is none; a text of nothing but space, a list without
 * entries, and what is not a number (loaders write NaN for an empty cell) are there, and say nothing.
 */
export function judgeRequired(evidence: NamespaceEvidence): readonly Finding[] {
  const { namespace, expected } = evidence
  return (expected?.required ?? []).map((path) =>
    overTally(
      evidence,
      `${namespace}.required.${path}`,
      `whether ${path} is there`,
      (tally, id) => {
        const kinds = kindsAt(tally, path)
        const missing = kinds['missing'] ?? 0
        const none = (kinds['null'] ?? 0) + (kinds['undefined'] ?? 0)
        const text = (kinds['emptyText'] ?? 0) + (kinds['blankText'] ?? 0)
        const list = kinds['emptyList'] ?? 0
        const notANumber = (kinds['doubleNaN'] ?? 0) + (kinds['decimalNaN'] ?? 0)
        const empty = text + list + notANumber
        const value = {
          documents: tally.documents,
          missing,
          null: none,
          emptyText: text,
          emptyList: list,
          notANumber,
        }
        const next = [
          `ops dr bisect --collection ${namespace} --where '{"${path}": null}'   (which write did it)`,
        ]
        if (missing + none > 0)
          return broken(id, {
            says: `${shareOf(missing + none, tally)} without ${path}`,
            because: `${separated(missing)} do not have the field, in ${separated(none)} it is null`,
            next,
            value,
          })
        if (empty > 0)
          return doubtful(id, {
            says: `${path} is empty in ${shareOf(empty, tally)}`,
            because: `a text of nothing but space in ${separated(text)}, a list without entries in ${separated(list)}, NaN in ${separated(notANumber)}`,
            next: [`ops data check ${namespace}`],
            value,
          })
        return fineSoFar(id, `every document has ${path}`, tally, namespace, value)
      },
    ),
  )
}

/** Whether the values are of the types that they may have. Whether there is one is for `required` to say. */
export function judgeTypes(evidence: NamespaceEvidence): readonly Finding[] {
  const { namespace, expected } = evidence
  return Object.entries(expected?.types ?? {}).map(([path, allowed]) =>
    overTally(
      evidence,
      `${namespace}.types.${path}`,
      `whether ${path} is of the right type`,
      (tally, id) => {
        const types: Record<string, number> = {}
        for (const [kind, count] of Object.entries(kindsAt(tally, path))) {
          if (kind === 'missing' || kind === 'null') continue
          const type = typeOfKind[kind] ?? kind
          types[type] = (types[type] ?? 0) + count
        }
        const wrong = Object.entries(types).filter(([type]) => !isAllowed(type, allowed))
        const sum = wrong.reduce((all, [, count]) => all + count, 0)
        const value = { documents: tally.documents, wrong: sum, types, allowed }
        if (sum > 0)
          return broken(id, {
            says: `${path} is of another type in ${shareOf(sum, tally)}`,
            because: `it is ${wrong.map(([type, count]) => `${type} in ${separated(count)}`).join(', ')}; it may be ${allowed.join(', ')}`,
            next: [
              `ops dr bisect --collection ${namespace} --where '{"${path}": {"$type": "${wrong[0]?.[0] ?? ''}"}}'   (which write did it)`,
            ],
            value,
          })
        if (isNowhere(tally, path)) return misspelt(id, path, tally, namespace, value)
        return fineSoFar(id, `${path} is ${allowed.join(' or ')}`, tally, namespace, value)
      },
    ),
  )
}

function overTally(
  { tally }: NamespaceEvidence,
  id: string,
  what: string,
  judge: (tally: SeenTally, id: string) => Finding,
): Finding {
  const looked = tally ?? { state: 'unseen' as const, because: 'it was not looked at' }
  return looked.state === 'seen' ? judge(looked.facts, id) : blind(id, what, looked)
}

/** Whether no document has the field, and there are some that could. */
function isNowhere(tally: SeenTally, path: string): boolean {
  const kinds = Object.keys(kindsAt(tally, path))
  return tally.documents > 0 && kinds.every((kind) => kind === 'missing')
}

/** No value can be of a wrong type where there is none: that is no news of the documents, and may be a slip of ops.yaml. */
function misspelt(
  id: string,
  path: string,
  { whole }: SeenTally,
  namespace: string,
  value: unknown,
): Finding {
  return doubtful(id, {
    says: `no document${whole ? '' : ' looked at'} has ${path}`,
    because: 'it is misspelt in ops.yaml, or every document has lost it',
    next: [`ops data check ${namespace}   (shows which fields there are)`],
    value,
  })
}

function kindsAt(tally: SeenTally, path: string): Readonly<Record<string, number>> {
  return tally.fields.find((field) => field.path === path)?.kinds ?? {}
}

/** `3 of 54,966 documents`. */
function shareOf(count: number, { documents, whole }: SeenTally): string {
  return `${separated(count)} of ${many(documents, 'document')}${whole ? '' : ' looked at'}`
}
