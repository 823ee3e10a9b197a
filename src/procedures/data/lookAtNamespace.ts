import type { Looked } from '../../checks/doctor/evidence.js'
import { look, type Watch } from '../../checks/doctor/look.js'
import type { LiveFacts, NamespaceEvidence, SeenTally } from '../../checks/data/evidence.js'
import type { Expectation } from '../../domain/target.js'
import type { Bound } from '../../ports/data.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'
import { separated } from '../../checks/data/numbers.js'
import type { ChosenNamespace } from './namespaces.js'
import { structureOf } from './structure.js'

/** Documents that are read one by one without having been asked to: a few seconds of a server. */
export const unasked = 1_000_000

/** Seconds that an answer may be late after the server should have given it up. */
const grace = 10

/** How closely a server is looked at. */
export interface Closeness {
  /** Documents of a sample. */
  readonly sample: number
  /** Read every document, however many there are. */
  readonly exact: boolean
  /** Counts alone: no document leaves the server, whose disk is left alone as well. */
  readonly countsOnly?: true
  /** Milliseconds that the server may take over one question. */
  readonly milliseconds: number
}

/** Looks at one namespace, one question after the other. Throws the signal's reason only. */
export async function lookAtNamespace(
  chosen: ChosenNamespace,
  expected: Expectation | undefined,
  session: MongoSession,
  closeness: Closeness,
  watch: Watch,
): Promise<NamespaceEvidence> {
  const { name, live } = chosen
  const told = { namespace: name, ...(expected ? { expected } : {}) }
  if (!live) return { ...told, unique: [] }
  const { sample, exact, milliseconds, countsOnly } = closeness
  const ask = <Facts>(question: (bound: Bound) => Promise<Facts>): Promise<Looked<Facts>> =>
    look(watch, milliseconds / 1000 + grace, (signal) =>
      question({ milliseconds, signal, ...(countsOnly ? { disk: false } : {}) }),
    )
  // Of a view or a time-series the catalog does not know how many there are.
  const whole = exact || live.type !== 'collection' || live.documents <= unasked
  const paths = [...new Set([...(expected?.required ?? []), ...Object.keys(expected?.types ?? {})])]
  const tally = await ask(async (bound): Promise<SeenTally> => {
    const most = whole ? undefined : sample
    return { whole, ...(await session.data.tally(chosen, paths, most, bound)) }
  })
  const structure = countsOnly
    ? undefined
    : await ask((bound) => structureOf(session.data.sample(chosen, sample, bound)))
  const unique: NamespaceEvidence['unique'][number][] = []
  for (const by of expected?.unique ?? []) {
    const looked = whole
      ? await ask((bound) => session.data.duplicates(chosen, by.split(','), 1, bound))
      : tooMany(live)
    unique.push({ by, looked })
  }
  return { ...told, live: factsOf(live), tally, ...(structure ? { structure } : {}), unique }
}

function factsOf({ type, documents, indexes }: LiveNamespace): LiveFacts {
  return { type, indexes, ...(type === 'collection' ? { estimated: documents } : {}) }
}

function tooMany({ documents }: LiveNamespace): Looked<never> {
  const because = `there are about ${separated(documents)} documents; all are only read where --exact asks for it`
  return { state: 'unseen', because }
}
