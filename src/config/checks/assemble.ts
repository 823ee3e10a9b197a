import type { CheckKind, DeclaredCheck } from '../../domain/declared/check.js'
import { defaults } from '../defaults.js'
import { durationSeconds } from '../duration.js'
import type { ConfigFile } from '../schema.js'
import { dataAsked, freshnessAsked, queryAsked } from './assembleData.js'
import { certificateAsked, httpAsked, tcpAsked } from './assembleNetwork.js'
import { diskAsked, execAsked, logAsked, systemdAsked } from './assembleStack.js'
import type { Asked, Places } from './asked.js'
import type { CheckFile } from './schema.js'

/** The checks that a checked file declares; `absolute` makes a path one that works from anywhere. */
export function declaredChecks(
  file: Pick<ConfigFile, 'checks' | 'targets'>,
  places: Omit<Places, 'target'>,
): readonly DeclaredCheck[] {
  const [only = ''] = Object.keys(file.targets)
  return (file.checks ?? []).map((check) =>
    declared(check, { ...places, target: only }, file.targets),
  )
}

function declared(check: CheckFile, places: Places, targets: ConfigFile['targets']): DeclaredCheck {
  const { name, kind, severity, timeout, says, next, prevention } = check
  const usual = kind === 'data' ? defaults.checks.dataTimeout : defaults.checks.timeout
  const timeoutSeconds = durationSeconds(timeout ?? usual) ?? 0
  const words = {
    ...(says === undefined ? {} : { says }),
    ...(next === undefined ? {} : { next }),
    ...(prevention === undefined ? {} : { prevention }),
  }
  const common = {
    name,
    kind,
    severity: severity ?? defaults.checks.severity,
    timeoutSeconds,
    words,
  }
  // What is asked is that of the kind, which its type cannot say.
  return { ...common, ...asked(check, places, timeoutSeconds, targets) } as DeclaredCheck
}

function asked(
  check: CheckFile,
  places: Places,
  seconds: number,
  targets: ConfigFile['targets'],
): Asked<CheckKind> {
  switch (check.kind) {
    case 'http':
      return httpAsked(check, places)
    case 'tcp':
      return tcpAsked(check)
    case 'exec':
      return execAsked(check, places)
    case 'log':
      return logAsked(check)
    case 'freshness':
      return freshnessAsked(check, places, seconds)
    case 'certificate':
      return certificateAsked(check, places)
    case 'disk':
      return diskAsked(check, places)
    case 'systemd':
      return systemdAsked(check)
    case 'query':
      return queryAsked(check, places, seconds)
    case 'data':
      return dataAsked(check, places, seconds, targets)
  }
}
