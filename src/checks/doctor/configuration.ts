import type { Failure } from '../../domain/failure.js'
import type { Finding } from '../../domain/finding.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'

/** How reading the configuration went. */
export type ConfigurationEvidence =
  | { readonly file: string; readonly warnings: readonly string[]; readonly targets: number }
  | { readonly failure: Failure }

/** Is `ops.yaml` there, valid, and nobody else's to change? */
export function configurationCheck(evidence: ConfigurationEvidence): Check {
  return check({
    id: 'config',
    asks: 'the configuration',
    look: () => Promise.resolve(evidence),
    judge: judgeConfiguration,
  })
}

/** Judges how reading it went. */
export function judgeConfiguration(evidence: ConfigurationEvidence): readonly Finding[] {
  if ('failure' in evidence) {
    const { message, next } = evidence.failure
    return [broken('config', 'the configuration cannot be used', message, next)]
  }
  const { file, warnings, targets } = evidence
  if (targets === 0)
    return [broken('config', 'the configuration names no target', file, ['ops init'])]
  const says = `${file} is valid, ${targets.toString()} ${targets === 1 ? 'target' : 'targets'}`
  if (warnings.length === 0) return [fine('config', says)]
  return warnings.map((warning) => doubtful('config', says, warning, ['ops config check']))
}
