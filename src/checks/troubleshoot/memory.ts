import type { ContainerFacts } from '../../ports/engine.js'
import { size } from '../doctor/words.js'
import { seen } from '../doctor/look.js'
import type { ServiceSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'
import { cacheOption, limitText, moreMemory } from './moreMemory.js'

/** Parts of a limit. */
const parts = { near: 0.9, cache: 0.8 }

/** Has everything the memory that it needs? Only what has a limit can be judged; the machine is the limit of the others. */
export function judgeMemory(
  services: readonly ServiceSeen[],
  { targets, memoryBytes }: Pick<TroubleEvidence, 'targets' | 'memoryBytes'>,
): readonly Found[] {
  const machine = seen(memoryBytes)
  return services.flatMap((service) => {
    const target = targets.find(({ name }) => name === service.target)
    const raised = raisedFor(service, target, services, machine)
    return [...killed(service, target, raised), ...tight(service, target, raised)].slice(0, 1)
  })
}

/** What raising the limit of a service comes to: words for people, and what `--fix` does where it can. */
interface Raised {
  readonly says: string
  readonly fix: Found['fix']
}

function raisedFor(
  { service, facts, use, declared, job }: ServiceSeen,
  target: TargetTroubles | undefined,
  services: readonly ServiceSeen[],
  machine: number | undefined,
): Raised {
  const limitBytes = facts?.memoryLimit ?? 0
  const used = use && seen(use)
  const cacheBytes = target && (cacheOf(target) ?? cacheOption(facts?.command ?? []))
  const others = usedBy(services.filter((one) => one.service !== service))
  const raised = moreMemory({
    limitBytes,
    ...(others === undefined ? {} : { othersBytes: others }),
    ...(used ? { usedBytes: used.memoryBytes } : {}),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    ...(machine === undefined ? {} : { machineBytes: machine }),
  })
  if ('because' in raised)
    return {
      says:
        machine === undefined || others === undefined
          ? `raise its memory limit in the compose file, as far as the machine goes: ${raised.because}`
          : `${raised.because}: give it less to do, or more memory`,
      fix: null,
    }
  const { toBytes } = raised
  const title = `give ${service} ${size(toBytes)} of memory instead of ${size(limitBytes)}`
  return {
    says: `mem_limit: ${limitText(toBytes)}   (of the service, in the compose file)`,
    // A limit that the files do not set, or set otherwise by now, is not one that a file of ops may change; a job starts when somebody wants it.
    fix:
      declared?.memory?.bytes === limitBytes && limitBytes > 0 && !job
        ? { kind: 'memory', title, service, fromBytes: limitBytes, toBytes }
        : null,
  }
}

/** Bytes that services use together; nothing where one of them runs, and nobody saw what it uses: that is not none. */
function usedBy(services: readonly ServiceSeen[]): number | undefined {
  const holding = services.filter(
    ({ facts }) => facts?.state === 'running' || facts?.state === 'paused',
  )
  const used = holding.map(({ use }) => (use && seen(use))?.memoryBytes)
  return used.every((bytes) => bytes !== undefined)
    ? used.reduce((sum, bytes) => sum + bytes, 0)
    : undefined
}

function cacheOf({ doing }: TargetTroubles): number | undefined {
  const answered = seen(doing)
  return (answered && seen(answered.cacheBytes)) ?? undefined
}

function killed(
  service: ServiceSeen,
  target: TargetTroubles | undefined,
  raised: Raised,
): readonly Found[] {
  const { facts, service: name, trouble } = service
  const loops = trouble?.kind === 'restart loop'
  if (facts?.oomKilled !== true || (facts.state === 'running' && !loops)) return []
  const limit = facts.memoryLimit
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
      candidates: [causeOfLimit(facts, target)],
      next: [
        ...(limit > 0 ? [raised.says] : ['docker stats --no-stream   (who uses it)']),
        `ops stack up ${name}`,
      ],
      fix:
        raised.fix ??
        (service.declared && trouble?.cure === 'start'
          ? { kind: 'service', service: name, cure: 'start', title: `start ${name}` }
          : null),
    }),
  ]
}

function causeOfLimit(
  { memoryLimit: limit, command }: ContainerFacts,
  target: TargetTroubles | undefined,
): Candidate {
  const cause = 'cache-larger-than-limit'
  const cache = target && (cacheOf(target) ?? cacheOption(command))
  if (!target) return { cause, ruledOutBy: 'it is no database' }
  if (cache === undefined)
    return { cause, needs: 'the running server, which tells how large its cache may grow' }
  return cache > parts.cache * limit
    ? { cause, needs: `nothing: its cache may grow to ${size(cache)}` }
    : { cause, ruledOutBy: `its cache may grow to ${size(cache)} only` }
}

function tight(
  service: ServiceSeen,
  target: TargetTroubles | undefined,
  raised: Raised,
): readonly Found[] {
  const { facts, use, service: name } = service
  if (facts?.state !== 'running' || facts.memoryLimit <= 0) return []
  const limit = facts.memoryLimit
  const cache = (target && cacheOf(target)) ?? 0
  const used = use && seen(use)
  if (used && used.memoryBytes > parts.near * limit)
    return [
      found('memory', 'warn', 'near-its-limit', {
        about: name,
        says: `${name} uses nearly all the memory that it may`,
        because: [`${size(used.memoryBytes)} of ${size(limit)}`],
        next: ['ops stack stats', raised.says],
        fix: raised.fix,
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
        fix: raised.fix,
      }),
    ]
  return []
}
