import { size } from '../doctor/words.js'
import { seen } from '../doctor/look.js'
import type { ServiceSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'

/** Parts of a limit, and of the machine. */
const parts = { near: 0.9, cache: 0.8, machine: 0.75 }

/** Bytes that a limit is counted in. */
const mebibyte = 1024 ** 2

/** Has everything the memory that it needs? Only what has a limit can be judged; the machine is the limit of the others. */
export function judgeMemory(
  services: readonly ServiceSeen[],
  { targets, memoryBytes }: Pick<TroubleEvidence, 'targets' | 'memoryBytes'>,
): readonly Found[] {
  const machine = seen(memoryBytes)
  return services.flatMap((service) => {
    const target = targets.find(({ name }) => name === service.target)
    return [...killed(service, target, machine), ...tight(service, target, machine)].slice(0, 1)
  })
}

function killed(
  service: ServiceSeen,
  target: TargetTroubles | undefined,
  machine: number | undefined,
): readonly Found[] {
  const { facts, service: name, trouble } = service
  if (facts?.oomKilled !== true || facts.state === 'running') return []
  const limit = facts.memoryLimit
  const loops = trouble?.kind === 'restart loop'
  return [
    found('memory', 'fail', 'killed-for-memory', {
      also: [
        ...(target ? (['connection'] as const) : []),
        ...(loops ? (['restart-loop'] as const) : []),
      ],
      about: name,
      says: `${name} was killed because it used more memory than it may`,
      because: [
        `${facts.name}: the engine says so (OOMKilled), exit code ${facts.exitCode.toString()}`,
        limit > 0
          ? `its limit is ${size(limit)}`
          : 'it has no limit of its own: the machine ran out of memory',
      ],
      candidates: [causeOfLimit(limit, target)],
      next: [
        ...(limit > 0 ? [raising(limit, machine)] : ['docker stats --no-stream   (who uses it)']),
        `ops stack up ${name}`,
      ],
      fix:
        service.declared && trouble?.cure === 'start'
          ? { kind: 'service', service: name, cure: 'start', title: `start ${name}` }
          : null,
    }),
  ]
}

function causeOfLimit(limit: number, target: TargetTroubles | undefined): Candidate {
  const cause = 'cache-larger-than-limit'
  const doing = target && seen(target.doing)
  const cache = doing && seen(doing.cacheBytes)
  if (!target) return { cause, ruledOutBy: 'it is no database' }
  if (cache === undefined || cache === null)
    return { cause, needs: 'the running server, which tells how large its cache may grow' }
  return cache > parts.cache * limit
    ? { cause, needs: `nothing: its cache may grow to ${size(cache)}` }
    : { cause, ruledOutBy: `its cache may grow to ${size(cache)} only` }
}

function tight(
  service: ServiceSeen,
  target: TargetTroubles | undefined,
  machine: number | undefined,
): readonly Found[] {
  const { facts, use, service: name } = service
  if (facts?.state !== 'running' || facts.memoryLimit <= 0) return []
  const limit = facts.memoryLimit
  const doing = target && seen(target.doing)
  const cache = (doing && seen(doing.cacheBytes)) ?? 0
  const used = use && seen(use)
  if (used && used.memoryBytes > parts.near * limit)
    return [
      found('memory', 'warn', 'near-its-limit', {
        about: name,
        says: `${name} uses nearly all the memory that it may`,
        because: [`${size(used.memoryBytes)} of ${size(limit)}`],
        next: ['ops stack stats', raising(limit, machine)],
      }),
    ]
  if (cache > parts.cache * limit)
    return [
      found('memory', 'warn', 'cache-larger-than-limit', {
        about: name,
        says: `the cache of ${name} may grow beyond the memory that it may use`,
        because: [`cache: up to ${size(cache)}; limit: ${size(limit)}`],
        next: [
          '--wiredTigerCacheSizeGB in its command: half of the limit, less 1 GB, but at least 0.25',
        ],
      }),
    ]
  return []
}

/** Twice the limit, where the machine has that to spare: a limit above its memory is none. */
function raising(limit: number, machine: number | undefined): string {
  const most = machine === undefined ? undefined : Math.floor((machine * parts.machine) / mebibyte)
  const wanted = Math.round((2 * limit) / mebibyte)
  if (most === undefined)
    return 'raise its memory limit in the compose file, as far as the machine goes'
  if (most * mebibyte < 1.25 * limit)
    return `the machine has ${size(machine ?? 0)} in all: give it less to do, or more memory`
  return `mem_limit: ${Math.min(wanted, most).toString()}m   (of the service, in the compose file)`
}
