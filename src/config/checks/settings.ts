import type { DeclaredCheck } from '../../domain/declared/check.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { durationText } from '../duration.js'
import { section, shownSecret, type Setting } from '../setting.js'

/** The declared checks as `ops config show` prints them: without filters, and without what stands behind a question mark. */
export function checkSettings(checks: readonly DeclaredCheck[]): readonly Setting[] {
  return checks.flatMap((check, index) => {
    const { name, kind, severity, timeoutSeconds, words } = check
    const common = { name, kind, severity, timeout: durationText(timeoutSeconds) }
    return section(['checks', index], { ...common, ...ownSettings(check), ...words })
  })
}

function ownSettings(check: DeclaredCheck): Readonly<Record<string, unknown>> {
  switch (check.kind) {
    case 'http': {
      const { method, headers, ca, contains, pattern } = check.probe
      const { address: url, status, maxMilliseconds } = check.rule
      const shown = Object.entries(headers).map(([key, value]) => [key, shownSecret(value)])
      const wanted = status.length === 0 ? undefined : status
      return {
        url,
        method,
        status: wanted,
        contains,
        pattern: pattern?.source,
        ignoreCase: pattern?.ignoreCase,
        maxMilliseconds,
        headers: shown.length === 0 ? undefined : Object.fromEntries(shown),
        ca,
      }
    }
    case 'tcp':
      return check.probe
    case 'exec': {
      const { command, place } = check.probe
      const { kind, ...where } = place
      return { command, ...(kind === 'host' ? {} : where), exitCodes: check.rule.exits }
    }
    case 'log': {
      const { service, min, max } = check.rule
      const { seconds, pattern } = check.probe
      const { source, ignoreCase } = pattern ?? {}
      return { service, pattern: source, ignoreCase, within: durationText(seconds), min, max }
    }
    case 'freshness':
      return { maxAge: durationText(check.rule.maxAgeSeconds), ...freshOf(check.probe) }
    case 'certificate': {
      const { probe, rule } = check
      if (probe.kind === 'file') return { file: probe.path, daysLeft: rule.daysLeft }
      const { host, port, name: serverName, ca } = probe
      return { host, port, serverName, ca, daysLeft: rule.daysLeft }
    }
    case 'disk': {
      const { path, ...levels } = check.rule
      return { path, requireMount: check.probe.requireMount, ...levels }
    }
    case 'systemd':
      return { ...check.rule, scope: check.probe.scope }
    case 'query': {
      const { target, namespace: collection, filter } = check.probe
      const { min, max } = check.rule
      const isEmpty = Object.keys(filter).length === 0
      return { target, collection, filter: isEmpty ? {} : '[filter]', min, max }
    }
    case 'data': {
      const { target, expectations, exact } = check.probe
      return { target, exact, expectations }
    }
  }
}

function freshOf(of: ProbeOf['freshness']): Readonly<Record<string, unknown>> {
  if (of.kind === 'files') return { files: of.glob }
  if (of.kind === 'documents') {
    const { target, namespace: collection, field } = of
    return { documents: { target, collection, field } }
  }
  const { accessKeyId, secretAccessKey, ...bucket } = of.bucket
  const keys = {
    accessKeyId: shownSecret(accessKeyId),
    secretAccessKey: shownSecret(secretAccessKey),
  }
  return { s3: { ...bucket, ...keys } }
}
