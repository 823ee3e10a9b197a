import type { DataFinding, FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding, Severity } from '../../domain/finding.js'
import { quoted } from '../../domain/quoted.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { counted } from '../doctor/words.js'

/** The worst first: what could not be looked at is neither good nor bad. */
const worstFirst = ['fail', 'warn', 'unknown'] as const

/** Is the data as it is expected to be? The worst of all that was held against it is told, the rest counted. */
export function judgeData(
  id: string,
  { what, target }: RuleOf['data'],
  { findings }: FactsOf['data'],
): Finding {
  const of = (severity: Severity) => findings.filter((one) => one.severity === severity)
  const bad = findings.filter(({ severity }) => severity !== 'ok')
  const value = {
    held: findings.length,
    ok: of('ok').length,
    findings: bad.map((one) => ({ id: one.id, severity: one.severity, value: one.value })),
  }
  const severity = worstFirst.find((one) => of(one).length > 0)
  const [first, ...others] = severity === undefined ? [] : of(severity)
  if (findings.length === 0)
    return unknown(id, { says: `nothing is expected of ${what}`, next: ['ops config show'], value })
  if (!first || severity === undefined)
    return fine(id, `${what} is as expected (${counted(findings.length, 'finding')})`, '', value)
  const words = {
    says: `${first.namespace}: ${first.says}`,
    because: [
      first.because,
      ...others.map(({ namespace, says }) => `${namespace}: ${says}`),
      ...(severity !== 'unknown' && of('unknown').length > 0
        ? [`${of('unknown').length.toString()} more could not be looked at`]
        : []),
    ]
      .filter((part) => part !== '')
      .join('; '),
    next: [...new Set(bad.flatMap((one) => nextOf(one, target)))],
    value,
  }
  return { fail: broken, warn: doubtful, unknown }[severity](id, words)
}

/** Documents that share a key are explained, and put right, by a command of its own. */
function nextOf(
  { id, namespace, severity, next, value }: DataFinding,
  target: string,
): readonly string[] {
  // Here nobody can say how long to look but the check.
  if (codeOf(value) === 'READ_LIMIT_REACHED') return ['raise the timeout of the check in ops.yaml']
  const key = id.startsWith(`${namespace}.unique.`) && id.slice(`${namespace}.unique.`.length)
  if (key === false || severity !== 'fail') return next
  return [
    `ops troubleshoot duplicates --collection ${quoted(namespace)} --by ${quoted(key)} --target ${quoted(target)}`,
    // It counts values as well that say nothing, which are nobody's key.
    ...next,
  ]
}

function codeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined
}
