import { reasonIn, type Reason } from '../containers/reasons.js'
import type { Trouble, TroubleKind } from '../containers/trouble.js'
import { shownLine } from '../containers/shownLine.js'
import { seen } from '../doctor/look.js'
import type { Symptom } from '../../domain/symptoms.js'
import { complaintsOf, linesOfRun, withoutValues } from './complaints.js'
import type { ServiceSeen } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'
import { perhapsMeant } from './perhapsMeant.js'

/** Words for what ails a container that is the database, or anything else: `database-stopped`. */
const conditions: Readonly<Record<TroubleKind, string>> = {
  missing: 'missing',
  'image missing': 'image-missing',
  'never started': 'never-started',
  paused: 'paused',
  ended: 'stopped',
  'killed for memory': 'killed-for-memory',
  dead: 'dead',
  'restart loop': 'restart-loop',
  unhealthy: 'unhealthy',
  'still starting': 'starting',
  'held back': 'held-back',
  'data volume missing': 'data-missing',
}

/** A run before the present one of a loop tells why it ended; what is older belongs to no loop. */
const loopPatience = 120_000

/**
 * What is wrong with containers, but for memory and ports, which are told by findings of their own. What only fails because something
 * that it depends on is down is told as that. `now` is RFC 3339 UTC.
 */
export function judgeContainers(services: readonly ServiceSeen[], now: string): readonly Found[] {
  const ill = services.filter((one) => one.trouble && isOwnFault(one, services))
  return services.flatMap((service) => {
    const { trouble, facts } = service
    if (!trouble || facts?.oomKilled === true) return []
    const needed = ill.find((other) => needs(service, other))
    const reason = reasonOf(service, trouble)
    if (needed && !isOwnFault(service, services)) return [dependencyDown(service, trouble, needed)]
    return [judged(service, trouble, reason, services, now)]
  })
}

function judged(
  service: ServiceSeen,
  trouble: Trouble,
  reason: Reason | undefined,
  services: readonly ServiceSeen[],
  now: string,
): Found {
  const { service: name, target, facts } = service
  const who = target === undefined ? 'service' : 'database'
  const loops = trouble.kind === 'restart loop'
  const symptom: Symptom = loops ? 'restart-loop' : (symptomOf(reason) ?? 'connection')
  const cause = loops
    ? (reason?.kind ?? 'unexplained').replaceAll(' ', '-')
    : `${who}-${conditions[trouble.kind]}`
  const also = new Set<Symptom>(
    symptom === 'connection' || target === undefined ? [] : ['connection'],
  )
  const told = loops ? symptomOf(reason) : undefined
  if (told) also.add(told)
  if (told === 'access') also.add('connection')
  return found(symptom, trouble.kind === 'still starting' ? 'warn' : 'fail', cause, {
    also: [...also],
    about: name,
    says: trouble.says,
    because: [
      // What was judged by lines of an earlier run is not why.
      reason?.says ??
        (trouble.evidence === null ? trouble.because : 'the log of this run does not say why'),
      ...(facts ? [stateLine(service)] : []),
      ...(reason ? [`its log: ${shownOf(reason, service)}`] : []),
      ...(target === undefined ? [] : complaintsAbout(name, services, now)),
    ],
    candidates: loops ? loopCandidates(reason) : downCandidates(service, trouble),
    next: [
      ...commandsFor(service, trouble),
      ...(reason?.next ?? (trouble.evidence === null ? trouble.next : [])),
      `ops stack logs ${name}`,
    ],
    fix: fixFor(service, trouble),
  })
}

/** Its own log says why it ended; a server's lines of the last run, a loop's of the runs just before as well. */
function reasonOf(service: ServiceSeen, { kind }: Trouble): Reason | undefined {
  const { facts, lines, mongod } = service
  if (!facts || kind === 'paused' || kind === 'held back') return undefined
  if (facts.state === 'exited' && [0, 137, 143].includes(facts.exitCode)) return undefined
  if (kind === 'never started' && facts.error !== undefined) return reasonIn([facts.error], false)
  const own = reasonIn(
    linesOfRun(service).map(({ text }) => text),
    mongod,
  )
  if (own !== undefined || kind !== 'restart loop' || facts.startedAt === undefined) return own
  const since = Date.parse(facts.startedAt) - loopPatience
  const before = (seen(lines) ?? []).filter(({ at }) => Date.parse(at) >= since)
  return reasonIn(
    before.map(({ text }) => text),
    mongod,
  )
}

function symptomOf(reason: Reason | undefined): Symptom | undefined {
  if (reason?.kind === 'disk full') return 'disk'
  if (reason?.kind === 'port taken') return 'port'
  if (reason?.kind === 'data in use') return 'lock'
  if (reason?.kind === 'sign-in refused' || reason?.kind === 'no right') return 'access'
  if (reason?.kind === 'out of memory') return 'memory'
  return undefined
}

function shownOf({ line }: Reason, { facts }: ServiceSeen): string {
  return withoutValues(shownLine(line, facts ?? { environment: {} }))
}

function stateLine({ facts }: ServiceSeen): string {
  if (!facts) return ''
  const { name, state, health, exitCode, restarts, finishedAt } = facts
  return [
    `${name}: ${state}`,
    ...(health === undefined ? [] : [health]),
    ...(state === 'exited' ? [`exit code ${exitCode.toString()}`] : []),
    ...(state === 'exited' && finishedAt !== undefined ? [`since ${finishedAt}`] : []),
    ...(restarts > 0 ? [`started again ${restarts.toString()} times`] : []),
  ].join(', ')
}

/** Those who cannot reach a server that is down say so: that is evidence, and no fault of theirs. */
function complaintsAbout(
  server: string,
  services: readonly ServiceSeen[],
  now: string,
): readonly string[] {
  return services
    .filter((one) => one.service !== server)
    .flatMap((one) =>
      complaintsOf(one, now)
        .filter(({ kind }) => ['refused', 'unresolved', 'silent'].includes(kind))
        .slice(0, 1)
        .map(({ line }) => `${one.service} says: ${line}`),
    )
}

/** Whether it would be ill by itself: not one that waits for, or cannot reach, something that is down. */
function isOwnFault(service: ServiceSeen, services: readonly ServiceSeen[]): boolean {
  const { trouble } = service
  if (!trouble) return false
  const downBelow = services.some((other) => needs(service, other) && other.trouble)
  if (!downBelow) return true
  const reason = reasonOf(service, trouble)
  if (reason) return reason.kind !== 'dependency unreachable'
  return !['never started', 'missing', 'unhealthy', 'still starting', 'restart loop'].includes(
    trouble.kind,
  )
}

function needs({ declared, service }: ServiceSeen, other: ServiceSeen): boolean {
  return service !== other.service && declared?.dependsOn[other.service] !== undefined
}

function dependencyDown(service: ServiceSeen, trouble: Trouble, needed: ServiceSeen): Found {
  return found('connection', 'warn', 'dependency-down', {
    also: trouble.kind === 'restart loop' ? ['restart-loop'] : [],
    about: service.service,
    says: `${trouble.says}, because ${needed.service} is not well`,
    because: [trouble.because, ...(service.facts ? [stateLine(service)] : [])],
    next: [`ops troubleshoot --fix   (${needed.service} first)`, `ops dr container`],
  })
}

function downCandidates({ target }: ServiceSeen, { kind }: Trouble): readonly Candidate[] {
  if (target === undefined || kind === 'still starting') return []
  const ruledOutBy = 'what does not run is reached on no network, by no name, with no password'
  return ['wrong-network', 'name-wrong', 'sign-in-refused'].map((cause) => ({ cause, ruledOutBy }))
}

function loopCandidates(reason: Reason | undefined): readonly Candidate[] {
  const causes = [
    'wrong-option',
    'missing-variable',
    'sign-in-refused',
    'damaged-data',
    'disk-full',
  ]
  const own = reason?.kind.replaceAll(' ', '-')
  return causes
    .filter((cause) => cause !== own)
    .map((cause) =>
      reason
        ? { cause, ruledOutBy: 'its log names another reason' }
        : { cause, needs: 'a line of its log; it has none that is known' },
    )
}

/** Commands without ops, where there is no compose project. Names of containers hold nothing that a shell reads. */
function commandsFor({ facts, declared }: ServiceSeen, { cure }: Trouble): readonly string[] {
  if (!facts || declared) return []
  if (cure === 'start' || cure === 'restart' || cure === 'unpause')
    return [`docker ${cure} ${facts.name}`]
  return []
}

function fixFor(seenService: ServiceSeen, { cure }: Trouble): Found['fix'] {
  const { service, declared } = seenService
  const titles = {
    start: `start ${service}`,
    restart: `restart ${service}`,
    unpause: `let ${service} go on`,
    create: `make the container of ${service}, and start it`,
    recreate: `make the container of ${service} anew`,
  }
  if (!declared || cure === 'none' || cure === 'stop' || cure === 'wait') return null
  const meant = perhapsMeant(seenService) ? { perhapsMeant: true as const } : {}
  return { kind: 'service', service, cure, title: titles[cure], ...meant }
}
