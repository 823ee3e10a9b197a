import { isAtOrBelow } from '../../domain/checkIds.js'
import type { DeclaredSymptom } from '../../domain/declaredSymptom.js'
import type { HealthFinding } from '../../domain/health.js'
import type { SymptomName } from '../../domain/symptoms.js'
import type { Looked } from '../doctor/evidence.js'
import { found, type Found } from './found.js'

/** What a condition came to; `unknown`: what it asks for could not be looked at, or was not there to be looked at. */
interface Condition {
  readonly holds: 'yes' | 'no' | 'unknown'
  readonly because: readonly string[]
  readonly next: readonly string[]
}

/** The name of a symptom of the operator among the others. */
export function nameOf({ name }: Pick<DeclaredSymptom, 'name'>): SymptomName {
  return `declared:${name}`
}

/**
 * What checks have to be asked for: those of the operator by their names, built-in ones by their kind. A name that turns out to be none, of
 * a container that is not there, must not keep everything else from being told.
 */
export function checksOf(symptoms: readonly DeclaredSymptom[]): readonly string[] {
  const checks = symptoms.flatMap(({ when }) => when.map(({ check }) => check))
  return [
    ...new Set(checks.map((one) => (isAtOrBelow(one, 'declared') ? one : one.replace(/:.*/, '')))),
  ]
}

/** Which symptoms of the operator apply, by what checks found. One that cannot be told is `unknown`, never clear. */
export function judgeDeclaredSymptoms(
  symptoms: readonly DeclaredSymptom[],
  checks: Looked<readonly HealthFinding[]> | undefined,
): readonly Found[] {
  if (!checks) return []
  return symptoms.flatMap((symptom) => judged(symptom, checks))
}

function judged(
  symptom: DeclaredSymptom,
  checks: Looked<readonly HealthFinding[]>,
): readonly Found[] {
  const { name, says, because, severity, match, when, next } = symptom
  if (checks.state !== 'seen')
    return [
      unseen(
        symptom,
        [checks.state === 'refused' ? checks.message : checks.because],
        ['ops doctor'],
      ),
    ]
  const conditions = when.map((one) => conditionOf(one, checks.facts))
  const holds = together(
    match,
    conditions.map((one) => one.holds),
  )
  if (holds === 'no') return []
  const told = conditions.filter((one) => one.holds === holds)
  if (holds === 'unknown')
    return [
      unseen(
        symptom,
        told.flatMap((one) => one.because),
        told.flatMap((one) => one.next),
      ),
    ]
  return [
    found(nameOf(symptom), severity, name, {
      says,
      because: [...(because === undefined ? [] : [because]), ...told.flatMap((one) => one.because)],
      next: next.length > 0 ? next : told.flatMap((one) => one.next),
    }),
  ]
}

function unseen(
  symptom: DeclaredSymptom,
  because: readonly string[],
  next: readonly string[],
): Found {
  return found(nameOf(symptom), 'unknown', 'not-seen', {
    says: `whether "${symptom.says}" applies is not known`,
    because,
    next,
  })
}

function conditionOf(
  { check, is }: DeclaredSymptom['when'][number],
  findings: readonly HealthFinding[],
): Condition {
  // Where a whole kind could not be looked at, one finding stands for all of it.
  const asked = findings.filter(
    ({ id, severity }) =>
      isAtOrBelow(id, check) || (severity === 'unknown' && isAtOrBelow(check, id)),
  )
  if (asked.length === 0)
    return { holds: 'unknown', because: [`no check "${check}" had anything to look at`], next: [] }
  const wanted: readonly string[] = is === 'warn' ? ['warn', 'fail'] : [is]
  const hit = asked.filter(({ severity }) => wanted.includes(severity))
  const blind = asked.filter(({ severity }) => severity === 'unknown')
  if (hit.length === 0 && blind.length === 0) return { holds: 'no', because: [], next: [] }
  const told = hit.length > 0 ? hit : blind
  return {
    holds: hit.length > 0 ? 'yes' : 'unknown',
    because: told.map(
      ({ id, severity, says, because }) => `${id}: ${severity}: ${says} (${because})`,
    ),
    next: told.flatMap((one) => one.next),
  }
}

function together(
  match: DeclaredSymptom['match'],
  all: readonly Condition['holds'][],
): Condition['holds'] {
  const [decides, other] = match === 'all' ? (['no', 'yes'] as const) : (['yes', 'no'] as const)
  if (all.includes(decides)) return decides
  return all.every((one) => one === other) ? other : 'unknown'
}
