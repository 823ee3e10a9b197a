import type { CsvComparison } from '../../checks/data/csvEvidence.js'
import type { NamespaceEvidence, Structure } from '../../checks/data/evidence.js'
import { judgeNamespace } from '../../checks/data/judge.js'
import { judgeCsv } from '../../checks/data/judgeCsv.js'
import { seen, type Watch } from '../../checks/doctor/look.js'
import type { DataFinding } from '../../domain/declared/facts.js'
import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'
import { verdict, type Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { World } from '../../ports/world.js'
import { withSession } from '../withSession.js'
import { compareCsv } from './csv/compareCsv.js'
import type { CsvRequest } from './csv/request.js'
import { lookAtNamespace, type Closeness } from './lookAtNamespace.js'
import { chosenNamespaces } from './namespaces.js'

/** What is asked. */
export interface DataRequest {
  readonly target: Target
  /** Empty for those that are expected, or for all where none is. */
  readonly namespaces: readonly Namespace[]
  readonly closeness: Closeness
  /** A file that one of them is held against: then nothing else is looked at. */
  readonly csv?: CsvRequest
  readonly signal: AbortSignal
}

/** What looking at data takes. */
export type DataWorld = Pick<World, 'clock' | 'csv' | 'mongo'>

/** What there is of one namespace. */
export interface SeenNamespace {
  readonly namespace: string
  readonly type: NamespaceType | null
  /** Counted, or as the catalog has them; null where neither is known. */
  readonly documents: number | null
  readonly exactly: boolean
  readonly indexes: readonly IndexDefinition[]
  readonly structure: Structure | null
}

/** What `ops data check` answers. */
export interface CheckedData {
  readonly target: string
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly DataFinding[]
  readonly namespaces: readonly SeenNamespace[]
  readonly csv: CsvComparison | null
  readonly seconds: number
}

/**
 * Looks at the data of a target, and holds it against what is expected. Changes nothing. Throws what connecting throws, what
 * `chosenNamespaces` and `compareCsv` throw, and the signal's reason.
 */
export async function checkData(request: DataRequest, world: DataWorld): Promise<CheckedData> {
  const { target, namespaces, closeness, csv, signal } = request
  const began = world.clock.elapsed()
  const watch: Watch = { clock: world.clock, signal }
  const evidence: NamespaceEvidence[] = []
  const compared = await withSession(target, world, signal, async (session) => {
    const wanted = csv ? [csv.namespace] : namespaces
    const chosen = await chosenNamespaces(session, target, wanted, { mayLack: !csv })
    if (csv) return compareCsv(csv, session, closeness, world.csv, signal)
    for (const one of chosen) {
      const expected = target.expectations[one.name]
      evidence.push(await lookAtNamespace(one, expected, session, closeness, watch))
    }
    return null
  })
  const about = (namespace: string, findings: readonly Finding[]): readonly DataFinding[] =>
    findings.map((finding) => ({ ...finding, namespace }))
  const checks = [
    ...evidence.flatMap((one) => about(one.namespace, judgeNamespace(one))),
    ...(compared ? about(compared.namespace, judgeCsv(compared)) : []),
  ]
  return {
    target: target.name,
    verdict: verdict(checks),
    checks,
    namespaces: evidence.map(shown),
    csv: compared,
    seconds: (world.clock.elapsed() - began) / 1000,
  }
}

function shown({ namespace, live, tally, structure }: NamespaceEvidence): SeenNamespace {
  const counted = seen(tally)
  const exactly = counted?.whole === true
  return {
    namespace,
    type: live?.type ?? null,
    documents: exactly ? counted.documents : (live?.estimated ?? null),
    exactly,
    indexes: live?.indexes ?? [],
    structure: seen(structure) ?? null,
  }
}
