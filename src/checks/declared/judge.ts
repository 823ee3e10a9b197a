import type { CheckKind, DeclaredCheck } from '../../domain/declared/check.js'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import type { HealthFinding } from '../../domain/health.js'
import { scrub } from '../../domain/scrub.js'
import { blind, broken, unknown } from '../doctor/finding.js'
import { judgeCertificate } from './certificate.js'
import { judgeData } from './data.js'
import { judgeDisk } from './disk.js'
import type { DeclaredEvidence, DeclaredSeen } from './evidence.js'
import { judgeExec } from './exec.js'
import { judgeFreshness } from './freshness.js'
import { judgeHttp } from './http.js'
import { judgeLog } from './log.js'
import { judgeQuery } from './query.js'
import { judgeSystemd } from './systemd.js'
import { judgeTcp } from './tcp.js'

type Judges = {
  readonly [Kind in CheckKind]: (
    id: string,
    rule: RuleOf[Kind],
    facts: FactsOf[Kind],
    at: string,
  ) => Finding
}

const judges: Judges = {
  http: judgeHttp,
  tcp: judgeTcp,
  exec: judgeExec,
  log: judgeLog,
  freshness: judgeFreshness,
  certificate: judgeCertificate,
  disk: judgeDisk,
  systemd: judgeSystemd,
  query: judgeQuery,
  data: judgeData,
}

/** Those who are asked whether they answer: that they do not in time is an answer, not a failure to look. */
const mustAnswer: ReadonlySet<CheckKind> = new Set<CheckKind>([
  'http',
  'tcp',
  'exec',
  'certificate',
])

/** A finding for each declared check, in their order. Pure: the same evidence gives the same findings. */
export function judgeDeclared({ at, checks }: DeclaredEvidence): readonly HealthFinding[] {
  return checks.map((seen) => inOwnWords(judgeOne(seen, at), seen))
}

function judgeOne(seen: DeclaredSeen, at: string): Finding {
  const { name, kind, rule, probed } = seen
  const id = `declared:${name}`
  const next = ['ops config show']
  if (probed.state === 'seen') {
    // That rule and facts are of its kind is in the type of a check, which does not outlive taking it apart.
    const judge = judges[kind] as (id: string, rule: unknown, facts: unknown, at: string) => Finding
    return judge(id, rule, probed.facts, at)
  }
  if (probed.state !== 'late') return blind(id, `the check ${name}`, probed, next)
  const { seconds, note = '' } = probed
  const says = `${name} did not answer within ${seconds.toString()} s`
  const words = { says, because: note, next }
  return (mustAnswer.has(kind) ? broken : unknown)(id, words)
}

/** What is not ok counts as bad as the operator allows, and is said in his words, with ours as the reason. */
function inOwnWords(
  { id, severity, says, because, next, value }: Finding,
  { kind, severity: worst, words }: Pick<DeclaredCheck, 'kind' | 'severity' | 'words'>,
): HealthFinding {
  const facts = { kind, ...(typeof value === 'object' ? value : {}) }
  if (severity === 'ok') return { id, severity, says: scrub(says), because, next, value: facts }
  const isJudged = severity !== 'unknown'
  const own = isJudged ? words.says : undefined
  const reasons = own === undefined ? [because] : [says, because]
  return {
    id,
    severity: severity === 'fail' ? worst : severity,
    says: scrub(own ?? says),
    because: scrub(reasons.filter((reason) => reason !== '').join(': ')),
    next: isJudged ? (words.next ?? next) : next,
    value: facts,
    ...(words.prevention === undefined ? {} : { prevention: words.prevention }),
  }
}
