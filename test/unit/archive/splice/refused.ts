import type { Document } from 'bson'
import { failureIn } from '../feeding.js'
import { at, base, command, insert, part, spliced } from './scene.js'

/** The failure of splicing what was recorded to a base. */
export const refused = (recorded: Document[], until = at(999), of = base()) =>
  failureIn(spliced(of, recorded, until))

const version = {
  op: 'u',
  ns: 'admin.system.version',
  o: { $v: 2 },
  o2: { _id: 'featureCompatibilityVersion' },
}
/** Entries that are refused, by what they are, and a part of the sentence that says so. */
export const refusedEntries: readonly [string, Document, string][] = [
  [
    'a command that nobody knows',
    command({ importCollection: 'a' }),
    'importCollection on clinic.a',
  ],
  ['a command on no collection', command({ create: 1 }), 'create'],
  ['a change of the version', version, 'feature compatibility version'],
  ['a kind of operation that nobody knows', { op: 'zz', ns: 'clinic.a', o: {} }, 'kind zz'],
  [
    'the renaming of what is not known',
    command({ renameCollection: 'clinic.no', to: 'clinic.a' }),
    'clinic.no',
  ],
  [
    'a renaming out of what is replayed',
    command({ renameCollection: 'clinic.patients', to: 'config.x' }),
    'config.x',
  ],
  ['a collMod that nobody knows', command({ collMod: 'patients', novel: 1 }), 'a collMod of novel'],
  [
    'a change of an index that nobody knows',
    command({ collMod: 'patients', index: { name: 'by_name', novel: 1 } }),
    'novel of an index',
  ],
  [
    'the dropping of an index by its key',
    command({ dropIndexes: 'patients', index: { name: 1 } }),
    'not named',
  ],
  ['the end of a transaction', part(11, [], {}, true), 'whose beginning is missing'],
  [
    'a document that is too large',
    insert('patients', { text: 'x'.repeat(16 * 1024 * 1024) }),
    '16 MiB',
  ],
  ['a view without a name', { op: 'i', ns: 'clinic.system.views', o: {} }, 'no view'],
  [
    'a view that is changed in its depth',
    {
      op: 'u',
      ns: 'clinic.system.views',
      o: { $v: 2, diff: { sa: {} } },
      o2: { _id: 'clinic.v' },
    },
    'clinic.v',
  ],
  [
    'an index on fields named by numbers',
    command({ createIndexes: 'patients', name: 'n', key: { a: 1, 7: 1 } }),
    'named by numbers',
  ],
]
