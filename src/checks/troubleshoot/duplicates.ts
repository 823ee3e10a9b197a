import { seen } from '../doctor/look.js'
import { complaintsOf } from './complaints.js'
import type { DuplicatesSeen, ServiceSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Is anything there twice, or was anything refused because it would be? Counts only: no value of a document is told. */
export function judgeDuplicates(
  services: readonly ServiceSeen[],
  { targets, at }: Pick<TroubleEvidence, 'targets' | 'at'>,
): readonly Found[] {
  const inData = targets.flatMap((target) =>
    (seen(seen(target.doing)?.duplicates) ?? []).flatMap((one) => twice(target, one)),
  )
  return [...services.flatMap((service) => refused(service, targets, at)), ...inData]
}

function refused(
  service: ServiceSeen,
  targets: readonly TargetTroubles[],
  now: string,
): readonly Found[] {
  const complaint = complaintsOf(service, now).find(({ kind }) => kind === 'duplicate key')
  // What a server says of its clients is about them.
  if (!complaint || service.target !== undefined) return []
  const [, namespace = '', index = ''] = /collection: (\S+) index: (\S+)/.exec(complaint.line) ?? []
  const { service: name, job } = service
  const all = targets.flatMap(({ doing }) => seen(seen(doing)?.duplicates) ?? [])
  const whole = all.find((one) => one.namespace === namespace && one.fields.length === 0)
  return [
    found('duplicates', 'fail', 'duplicate-key', {
      about: name,
      says: `${name} was refused documents whose key ${namespace === '' ? 'the database' : namespace} has already`,
      because: [`${name} says (${complaint.at}): ${complaint.line}`],
      candidates:
        index === '_id_'
          ? [
              {
                cause: 'loaded-twice',
                needs: 'whether it was run before and did not empty the collection first',
              },
              { cause: 'duplicates-in-source', needs: 'the source: the same _id more than once' },
            ]
          : [
              {
                cause: 'duplicates-in-source',
                needs: `the source: the fields of ${index || 'the unique index'} more than once`,
              },
              whole?.surplus === 0 && whole.skipped === undefined
                ? { cause: 'loaded-twice', ruledOutBy: `${namespace} holds no document twice` }
                : { cause: 'loaded-twice', needs: 'whether it was run before' },
            ],
      next: [
        ...(job ? ['ops pipeline status'] : []),
        `ops stack logs ${name}`,
        'remove what is twice in the source, or let it replace instead of insert',
      ],
    }),
  ]
}

function twice(
  { name }: TargetTroubles,
  { namespace, fields, groups, surplus, skipped, named, bound = '' }: DuplicatesSeen,
): readonly Found[] {
  if (skipped !== undefined)
    return [
      found('duplicates', 'unknown', 'not-searched', {
        about: name,
        says: `${namespace} was not searched for what is there twice`,
        because: [skipped],
        next: [`ops troubleshoot duplicates --target ${name} --collection DATABASE.COLLECTION`],
      }),
    ]
  if (surplus === 0) return []
  const whole = fields.length === 0
  const same = whole ? 'equal in everything but their _id' : `equal in ${fields.join(', ')}`
  return [
    found('duplicates', 'warn', whole ? 'equal-documents' : 'equal-fields', {
      about: name,
      says: `${namespace} holds ${surplus.toString()} documents more than once`,
      because: [`${groups.toString()} times there are documents that are ${same}`, bound],
      next: [
        lookCommand(name, namespace, fields),
        ...(whole || named === true || !isPlain(namespace, fields)
          ? []
          : [
              `ops troubleshoot duplicates --collection ${namespace} --by ${fields.join(',')} --target ${name}   (where the same ${fields.join(', ')} is the same thing)`,
            ]),
      ],
      // What differs in anything else may be another admission, or another patient: whoever names the fields in a command says that it is not.
      fix:
        whole || named === true
          ? {
              kind: 'duplicates',
              title: `keep one of each${whole ? '' : ` ${fields.join(', ')}`}, and remove ${surplus.toString()} documents of ${namespace}`,
              target: name,
              namespace,
              fields,
            }
          : null,
    }),
  ]
}

/** Names of collections and fields come from the server: what a shell would read in another way is left out. */
function lookCommand(target: string, namespace: string, fields: readonly string[]): string {
  if (fields.length === 0) return `ops troubleshoot duplicates --target ${target}`
  const which = isPlain(namespace, fields) ? ` ${namespace} --by ${fields.join(',')}` : ''
  return `ops data duplicates${which} --target ${target}   (which they are)`
}

function isPlain(namespace: string, fields: readonly string[]): boolean {
  return [namespace, ...fields].every((word) => /^[\w.-]+$/.test(word))
}
