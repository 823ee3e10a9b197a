import { possibleIds } from '../../domain/checkIds.js'
import { verdict, type Finding, type Severity } from '../../domain/finding.js'
import type { HealthFinding } from '../../domain/health.js'
import { scrub } from '../../domain/scrub.js'
import { blind, unknown } from '../doctor/finding.js'
import { seen } from '../doctor/look.js'
import { judgeContainers } from './containers.js'
import type { HealthEvidence } from './evidence.js'
import { damped } from './flapping.js'
import { judgeHistory } from './history.js'
import { judgeClocks, judgeEngine, judgeMemory } from './machine.js'
import { preventionOf } from './prevention.js'
import { judgeProtection } from './protection.js'
import { judgeShelfRoom } from './room.js'
import { requireKnown, wantsCheck } from './select.js'
import { judgeServer } from './server.js'
import { summaryOf, type HealthSummary } from './summary.js'

/** What `ops health` answers. */
export interface Health {
  readonly verdict: 'ok' | 'warn' | 'fail'
  /** RFC 3339 UTC. */
  readonly at: string
  readonly stack: string
  readonly checks: readonly HealthFinding[]
  readonly summary: HealthSummary
}

/**
 * Judges everything that was seen, or what somebody asked for of it. Pure: the same evidence gives the same findings, on any
 * machine. Throws `CHECK_UNKNOWN` (usage).
 */
export function judgeHealth(evidence: HealthEvidence, wanted: readonly string[] = []): Health {
  const { at, stack, history } = evidence
  const found = rawFindings(evidence)
  const ids = found.map(({ id }) => id)
  requireKnown(wanted, [...ids, ...possibleIds(evidence.names)])
  const findings = [...found, ...withoutFinding(wanted, ids)]
  const stretches = seen(history)?.stretches ?? []
  const checks = findings
    .filter(({ id }) => wantsCheck(wanted, id))
    .map((finding) => withPrevention(damped(finding, stretches, at)))
    .map(scrubbed)
  return { verdict: verdict(checks), at, stack, checks, summary: summaryOf(findings) }
}

/** Asked for, and with nothing to judge: a recovery where there is no backup, a certificate without TLS. It is not called good. */
function withoutFinding(wanted: readonly string[], ids: readonly string[]): readonly Finding[] {
  return wanted
    .filter((one) => !ids.some((id) => wantsCheck([one], id)))
    .map((one) =>
      unknown(one, {
        says: `there is nothing to judge by "${one}"`,
        because: 'what it is about is not there, or not configured',
        next: ['ops health', 'ops config show'],
      }),
    )
}

/** What every check was by itself, before anything is damped: this is what the history keeps. */
export function severitiesOf(evidence: HealthEvidence): Readonly<Record<string, Severity>> {
  return Object.fromEntries(rawFindings(evidence).map(({ id, severity }) => [id, severity]))
}

function rawFindings(evidence: HealthEvidence): readonly HealthFinding[] {
  const { targets, at, sources } = evidence
  return [
    ...judgeEngine(evidence),
    ...judgeContainers(evidence),
    ...targets.flatMap((target) => judgeServer(target, at)),
    ...judgeProtection(evidence),
    ...judgeShelfRoom(evidence),
    ...judgeMemory(evidence),
    ...judgeClocks(evidence),
    ...sources.flatMap(({ name, found }) =>
      found.state === 'seen'
        ? found.facts.map((one) => ownId(name, one))
        : [blind(name, `the checks of "${name}"`, found)],
    ),
    ...judgeHistory(evidence),
  ].filter(unique())
}

/** Ids of a source begin with its name, so that whoever asks for it gets all of them. */
function ownId(name: string, finding: HealthFinding): HealthFinding {
  const { id } = finding
  const isOwn = id === name || id.startsWith(`${name}:`)
  return isOwn ? finding : { ...finding, id: `${name}:${id}` }
}

/** An id stands for one check: of two the first. */
function unique(): (finding: Finding) => boolean {
  const known = new Set<string>()
  return ({ id }) => {
    const isNew = !known.has(id)
    known.add(id)
    return isNew
  }
}

function withPrevention(finding: HealthFinding): HealthFinding {
  if (finding.severity === 'ok') return finding
  // Whoever declared a check knows best.
  const prevention = finding.prevention ?? preventionOf(finding.id)
  return prevention === undefined ? finding : { ...finding, prevention }
}

/** Servers and tools are quoted, and those may quote an address with its password. */
function scrubbed(finding: HealthFinding): HealthFinding {
  const { says, because, next } = finding
  return {
    ...finding,
    says: scrub(says),
    because: scrub(because),
    next: next.map((line) => scrub(line)),
  }
}
