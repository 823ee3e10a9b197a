import { quoted } from '../../domain/quoted.js'
import { seen } from '../doctor/look.js'
import { size } from '../doctor/words.js'
import type { LogFile, ServiceSeen } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'
import { fullness } from './fullness.js'
import { unboundedLog } from './unboundedLog.js'

/** Bytes from which a log is large by itself, and from which it is worth a word on a disk that is nearly full. */
const large = { always: 1024 ** 3, full: 64 * 1024 ** 2 }

/** Part of what is free on a disk that is nearly full, from which a log is to blame as well. */
const share = 0.25

/** Does a log grow that nothing ever cuts? Only of a file that was seen is it said how large it is. */
export function judgeLogs(services: readonly ServiceSeen[]): readonly Found[] {
  return services.flatMap((service) => {
    const file = seen(service.log)
    return file && isLarge(file) ? [unbounded(service, file)] : []
  })
}

/** A log without bound that could not be looked at, or is small, as what a full disk may come from. */
export function logCandidates(services: readonly ServiceSeen[]): readonly Candidate[] {
  const cause = 'log-unbounded'
  return services.flatMap(({ service, facts, log }): readonly Candidate[] => {
    const path = facts && unboundedLog(facts)
    if (path === undefined || !log) return []
    const file = seen(log)
    if (!file)
      return [{ cause, needs: `how large the log of ${service} is: sudo du -h ${quoted(path)}` }]
    return isLarge(file)
      ? []
      : [{ cause, ruledOutBy: `the log of ${service} takes ${size(file.bytes)} only` }]
  })
}

function isLarge({ bytes, space }: LogFile): boolean {
  if (bytes >= large.always) return true
  return fullness(space) !== undefined && bytes >= large.full && bytes >= share * space.freeBytes
}

function unbounded({ service, facts, declared, job }: ServiceSeen, file: LogFile): Found {
  const { bytes, space } = file
  return found('disk', fullness(space) ?? 'warn', 'log-unbounded', {
    about: service,
    says: `the log of ${service} takes ${size(bytes)}, and nothing ever cuts it`,
    because: [
      `${facts?.name ?? service}: its log driver is json-file, without max-size`,
      `${facts?.log?.path ?? '?'}: ${size(bytes)}; its disk has ${size(space.freeBytes)} free of ${size(space.totalBytes)}`,
    ],
    next: [
      `logging: {driver: json-file, options: {max-size: 10m, max-file: "5"}}   (of the service, in the compose file)`,
      `ops stack up ${service}   (makes it anew, which frees what the old log takes)`,
    ],
    // A job is made anew whenever somebody wants it.
    fix:
      declared && facts && !job
        ? {
            kind: 'logs',
            title: `bound the log of ${service}, and free the ${size(bytes)} that it takes`,
            service,
            bytes,
          }
        : null,
  })
}
