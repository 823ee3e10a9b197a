import { isBuiltIn, symptoms, type SymptomName } from '../../domain/symptoms.js'
import { scrub } from '../../domain/scrub.js'
import { seen } from '../doctor/look.js'
import { judgeAccess } from './access.js'
import { judgeApplications } from './applications.js'
import { judgeBlindness } from './blindness.js'
import { judgeContainers } from './containers.js'
import { judgeDeclaredSymptoms, nameOf } from './declared.js'
import { judgeRoom } from './disk.js'
import { judgeDuplicates } from './duplicates.js'
import type { TroubleEvidence } from './evidence.js'
import type { Found } from './found.js'
import { judgeLocks } from './locks.js'
import { judgeLogs } from './logs.js'
import { judgeMemory } from './memory.js'
import { judgePorts } from './ports.js'
import { judgeReach } from './reach.js'
import { judgeSlow } from './slow.js'
import { judgeStale } from './stale.js'

/** What everything adds up to. */
export interface Troubles {
  /** `ok` only where everything that was asked about could be looked at. */
  readonly verdict: 'ok' | 'warn' | 'fail'
  /** What applies, the most likely cause of what is seen first. */
  readonly symptoms: readonly Found[]
  /** Symptoms that were looked for and do not apply: nothing of the kind is at fault. */
  readonly clear: readonly SymptomName[]
  /** When it was looked, RFC 3339 UTC. */
  readonly at: string
}

/** What explains most stands first: nothing is reached where nothing runs, and nothing runs where there is no room. */
const order: readonly SymptomName[] = [
  'disk',
  'memory',
  'port',
  'restart-loop',
  'connection',
  'access',
  'lock',
  'slow',
  'duplicates',
  'stale',
]
const searched = symptoms.filter((one) => one !== 'duplicates')
const severities = ['fail', 'warn', 'unknown'] as const

/** Judges everything that was seen, or what belongs to one symptom. Pure: the same evidence gives the same judgement. */
export function judgeTroubles(evidence: TroubleEvidence, asked?: SymptomName): Troubles {
  const services = seen(evidence.services) ?? []
  const { declared = [], checks: seenChecks } = evidence
  const ports = judgePorts(services, evidence)
  const told = new Set(ports.map(({ about }) => about))
  const others = services.filter(({ service }) => !told.has(service))
  const all: readonly Found[] = [
    ...judgeReach(evidence),
    ...ports,
    ...withLoops(
      judgeApplications(services, evidence.at),
      judgeContainers(services, evidence.at).filter(({ about }) =>
        others.some(({ service }) => service === about),
      ),
    ),
    ...judgeMemory(services, evidence),
    ...judgeRoom(evidence, services),
    ...judgeLogs(services),
    ...judgeAccess(services, evidence),
    ...judgeLocks(evidence),
    ...judgeSlow(evidence),
    ...judgeDuplicates(services, evidence),
    ...judgeStale(evidence),
    ...judgeBlindness(evidence),
    ...judgeDeclaredSymptoms(declared, seenChecks),
  ]
  const wanted = all
    .filter(({ symptom, also }) => !asked || symptom === asked || also.includes(asked))
    .toSorted((one, other) => rank(one) - rank(other))
    .map(scrubbed)
  const hit = new Set(wanted.flatMap(({ symptom, also }) => [symptom, ...also]))
  return {
    verdict: wanted.some(({ severity }) => severity === 'fail')
      ? 'fail'
      : wanted.length > 0
        ? 'warn'
        : 'ok',
    symptoms: wanted,
    // Documents are searched only where somebody asks for that.
    clear: (asked ? [asked] : [...searched, ...declared.map(nameOf)]).filter(
      (one) => !hit.has(one),
    ),
    at: evidence.at,
  }
}

/** A loop that goes on because something is not reached is told by why that is not reached. */
function withLoops(applications: readonly Found[], containers: readonly Found[]): readonly Found[] {
  const isTold = ({ cause, about }: Found) =>
    cause === 'dependency-unreachable' &&
    applications.some((one) => one.about === about && one.severity === 'fail')
  const told = new Set(containers.filter(isTold).map(({ about }) => about))
  return [
    ...containers.filter((one) => !isTold(one)),
    ...applications.map((one): Found =>
      told.has(one.about) ? { ...one, also: [...one.also, 'restart-loop'] } : one,
    ),
  ]
}

function rank({ severity, symptom }: Found): number {
  // What the operator knows of stands behind what ops found out by itself.
  const place = isBuiltIn(symptom) ? order.indexOf(symptom) : order.length
  return severities.indexOf(severity) * (order.length + 1) + place
}

/** Servers, engines and logs are quoted, and those may quote an address with its password. */
function scrubbed(one: Found): Found {
  return {
    ...one,
    says: scrub(one.says),
    because: one.because.filter((line) => line !== '').map((line) => scrub(line)),
    next: [...new Set(one.next)].map((line) => scrub(line)),
  }
}
