import type { Finding } from '../../domain/finding.js'
import type { Symptom } from '../../domain/symptoms.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { seen } from '../doctor/look.js'
import type { TargetTroubles, TroubleEvidence } from '../troubleshoot/evidence.js'
import type { Candidate, Found } from '../troubleshoot/found.js'
import { judgeTroubles } from '../troubleshoot/judge.js'

/** A symptom, what is said where nothing of the kind is at fault, and its causes that no built-in check tells. */
interface Told {
  readonly symptom: Symptom
  readonly well: string
  readonly causes: ReadonlySet<string>
  /** Whether services alone tell it: a server that is not reached hides nothing of it. */
  readonly byServices?: true
}

/**
 * What only `ops troubleshoot` sees. Containers that are down, servers that do not answer, shelves, backups and clocks have checks of
 * their own.
 */
const told: readonly Told[] = [
  {
    symptom: 'connection',
    byServices: true,
    well: 'no service looks for the database in the wrong place',
    causes: new Set([
      'wrong-network',
      'name-wrong',
      'port-wrong',
      'localhost-in-container',
      'not-told-apart',
    ]),
  },
  {
    symptom: 'access',
    byServices: true,
    well: 'no service complains of being refused',
    causes: new Set(['application-sign-in-refused', 'store-denied']),
  },
  {
    symptom: 'port',
    byServices: true,
    well: 'nobody else has a port of the stack',
    causes: new Set(['port-taken', 'port-was-taken']),
  },
  {
    symptom: 'lock',
    well: 'nothing that is gone, or stuck, holds a lock',
    causes: new Set([
      'stale-lock',
      'lock-of-another-machine',
      'run-does-not-end',
      'write-lock',
      'waits-for-lock',
      'held-by-operation',
    ]),
  },
  { symptom: 'slow', well: 'no slow query lacks an index', causes: new Set(['missing-index']) },
  {
    symptom: 'duplicates',
    byServices: true,
    well: 'no service was refused a document that is there already',
    causes: new Set(['duplicate-key']),
  },
  {
    symptom: 'disk',
    well: 'there is room where the data lies',
    causes: new Set(['data-disk-full', 'log-unbounded']),
  },
]

/**
 * One finding for each symptom that has causes only troubleshooting sees. Causes, and whom they are about, are the value; lines of logs
 * are left out, because what is found may be saved. What could not be looked at is unknown. Slow queries stand in the log of the server:
 * where its user may not read that, which is how a user for health alone is meant to be, nobody asked about them, and there is no
 * finding.
 */
export function judgeSymptoms(evidence: TroubleEvidence): readonly Finding[] {
  const isUnasked = evidence.targets.some(mayNotReadLog)
  const { symptoms } = judgeTroubles({ ...evidence, targets: evidence.targets.map(withoutLog) })
  return told
    .map((one) => judged(one, symptoms))
    .filter(({ id, severity }) => id !== 'symptom:slow' || severity !== 'ok' || !isUnasked)
}

function mayNotReadLog({ doing }: TargetTroubles): boolean {
  const slow = seen(doing)?.slow
  return slow?.state === 'refused' && slow.code === 'MONGO_UNAUTHORIZED'
}

function withoutLog(target: TargetTroubles): TargetTroubles {
  if (target.doing.state !== 'seen' || !mayNotReadLog(target)) return target
  const slow = { state: 'seen' as const, facts: [] }
  return { ...target, doing: { state: 'seen', facts: { ...target.doing.facts, slow } } }
}

function judged({ symptom, well, causes, byServices }: Told, all: readonly Found[]): Finding {
  const id = `symptom:${symptom}`
  const next = [`ops troubleshoot ${symptom}`]
  const own = all.filter((one) => one.symptom === symptom && causes.has(one.cause))
  const [worst] = own
  if (worst) {
    const words = {
      says: worst.says,
      because: [
        ...(worst.severity === 'unknown' ? worst.candidates.map(candidateText) : []),
        ...own.slice(1).map(({ says }) => says),
      ].join('\n'),
      next,
      value: { causes: own.map(({ cause, about }) => ({ cause, about })) },
    }
    return { fail: broken, warn: doubtful, unknown }[worst.severity](id, words)
  }
  const hidden = all.find(
    (one) =>
      one.cause === 'not-seen' &&
      [one.symptom, ...one.also].includes(symptom) &&
      (!byServices || one.symptom === 'connection' || one.symptom === 'port'),
  )
  if (!hidden) return fine(id, well)
  return unknown(id, { says: hidden.says, because: hidden.because.join('\n'), next })
}

function candidateText(candidate: Candidate): string {
  return 'needs' in candidate
    ? `${candidate.cause}? what would tell: ${candidate.needs}`
    : `not ${candidate.cause}: ${candidate.ruledOutBy}`
}
