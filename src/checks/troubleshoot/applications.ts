import { listeningPort } from '../../domain/listeningPort.js'
import { complaintsOf, wentOn, type Complaint } from './complaints.js'
import type { ServiceSeen } from './evidence.js'
import { found, type Candidate, type Found } from './found.js'

/** A server that a connection string names, without who signs in. */
interface Address {
  /** Variable that names it. */
  readonly variable: string
  readonly host: string
  readonly port: number
}

/** Names by which a container means itself. */
const itself: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0'])

/**
 * Why services do not reach a database that is well: network, name, port or password. Nothing is said of a database that is not well:
 * that explains what they complain of. `now` is RFC 3339 UTC.
 */
export function judgeApplications(services: readonly ServiceSeen[], now: string): readonly Found[] {
  const servers = services.filter(({ target }) => target !== undefined)
  return servers
    .filter(({ trouble, facts }) => !trouble && facts?.state === 'running')
    .flatMap((server) =>
      services
        .filter((one) => one.facts && one.target === undefined)
        .flatMap((one) => judged(one, server, servers, services, now)),
    )
}

function judged(
  service: ServiceSeen,
  server: ServiceSeen,
  servers: readonly ServiceSeen[],
  services: readonly ServiceSeen[],
  now: string,
): readonly Found[] {
  const complaints = complaintsOf(service, now)
  const of = (kind: Complaint['kind']) => complaints.find((one) => one.kind === kind)
  const address = addressesOf(service).find(
    ({ host }) => servers.length === 1 || namesOf(server).includes(host),
  )
  const depends = service.declared?.dependsOn[server.service] !== undefined
  if (!address && !depends) return []
  const unreached = of('unresolved') ?? of('silent') ?? of('refused')
  const common = shared(service, server)
  const about = service.service
  if (common?.length === 0 && (address === undefined || !itself.has(address.host)))
    return [wrongNetwork(service, server, unreached)]
  const wrongName = address ? nameWrong(service, address, unreached, services) : []
  if (wrongName.length > 0) return wrongName
  const port = listeningPort(server.facts?.command ?? [])
  if (address && address.port !== port && unreached) {
    return [
      found('connection', 'fail', 'port-wrong', {
        about,
        says: `${about} asks for port ${address.port.toString()}, and ${server.service} listens on ${port.toString()}`,
        because: [`${address.variable} names it`, said(service, unreached)],
        candidates: reachable(server),
        next: [`correct ${address.variable} of ${about} in the compose file`, 'ops stack up'],
      }),
    ]
  }
  if (!unreached || isPast(unreached, server) || wentOn(service, unreached, now)) return []
  return [unexplained(service, server, unreached)]
}

function wrongNetwork(
  service: ServiceSeen,
  server: ServiceSeen,
  unreached: Complaint | undefined,
): Found {
  const list = ({ facts }: ServiceSeen) => Object.keys(facts?.networks ?? {}).join(', ') || 'none'
  const about = service.service
  return found('connection', unreached ? 'fail' : 'warn', 'wrong-network', {
    about,
    says: `${about} and ${server.service} have no network in common`,
    because: [
      `networks of ${about}: ${list(service)}`,
      `networks of ${server.service}: ${list(server)}`,
      ...(unreached ? [said(service, unreached)] : []),
    ],
    candidates: reachable(server),
    next: [
      `put ${about} into a network of ${server.service} (networks: in the compose file)`,
      `ops stack up`,
    ],
  })
}

/** A name that nothing on its networks goes by. One with a dot may be of the world outside: there only a complaint tells. */
function nameWrong(
  service: ServiceSeen,
  { variable, host }: Address,
  unreached: Complaint | undefined,
  services: readonly ServiceSeen[],
): readonly Found[] {
  const about = service.service
  if (itself.has(host) && unreached)
    return [
      found('connection', 'fail', 'localhost-in-container', {
        about,
        says: `${about} looks for the database in its own container`,
        because: [
          `${variable} names ${host}, which is ${about} itself there`,
          said(service, unreached),
        ],
        next: [
          `correct ${variable} of ${about} in the compose file: the name of the service`,
          'ops stack up',
        ],
      }),
    ]
  const names = new Set(
    services.filter((one) => (shared(service, one) ?? []).length > 0).flatMap(namesOf),
  )
  if (names.has(host) || itself.has(host) || unreached?.kind !== 'unresolved') return []
  const others = services.filter(({ target }) => target !== undefined).map((one) => one.service)
  return [
    found('connection', 'fail', 'name-wrong', {
      about,
      says: `${about} looks for "${host}", and nothing on its networks goes by that name`,
      because: [
        `${variable} names ${host}`,
        `the database goes by ${others.join(', ')}`,
        said(service, unreached),
      ],
      candidates: [
        { cause: 'wrong-network', ruledOutBy: 'they have a network in common' },
        { cause: 'database-stopped', ruledOutBy: 'its container runs' },
      ],
      next: [`correct ${variable} of ${about} in the compose file`, 'ops stack up'],
    }),
  ]
}

function unexplained(service: ServiceSeen, server: ServiceSeen, unreached: Complaint): Found {
  const about = service.service
  return found('connection', 'unknown', 'not-told-apart', {
    about,
    says: `${about} says that it does not reach ${server.service}, which runs and is on a network of it`,
    because: [said(service, unreached)],
    candidates: [
      {
        cause: 'database-was-away',
        needs: 'whether the complaint goes on: look again in a minute',
      },
      { cause: 'name-wrong', needs: 'the address that it uses: no variable of it names one' },
      { cause: 'firewall', needs: `a connection from within the container of ${about}` },
    ],
    next: [`ops stack logs ${about} --follow`, 'ops troubleshoot connection   (in a minute)'],
  })
}

/** What was complained of before the server was started is over. */
function isPast({ at }: Complaint, { facts }: ServiceSeen): boolean {
  return facts?.startedAt !== undefined && Date.parse(at) < Date.parse(facts.startedAt) + 30_000
}

function reachable({ service }: ServiceSeen): readonly Candidate[] {
  return [
    { cause: 'database-stopped', ruledOutBy: `the container of ${service} runs` },
    { cause: 'database-paused', ruledOutBy: `the container of ${service} runs` },
  ]
}

function said({ service }: ServiceSeen, { at, line }: Complaint): string {
  return `${service} says (${at}): ${line}`
}

/** Networks of both; nothing where one of them is in no network of its own. */
function shared(one: ServiceSeen, other: ServiceSeen): readonly string[] | undefined {
  const [first, second] = [one.facts?.networks, other.facts?.networks]
  if (!first || !second) return undefined
  return Object.keys(first).filter((network) => network in second)
}

function namesOf({ facts, service }: ServiceSeen): readonly string[] {
  return [service, ...Object.values(facts?.networks ?? {}).flat()]
}

/** Servers that connection strings in the environment name. Who signs in stands before the last `@`, and is left out. */
function addressesOf({ facts }: Pick<ServiceSeen, 'facts'>): readonly Address[] {
  return Object.entries(facts?.environment ?? {}).flatMap(([variable, value]) => {
    const [, authority] = /^mongodb:\/\/([^/?]*)/.exec(value) ?? []
    if (authority === undefined) return []
    const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',')
    return hosts.flatMap((text) => {
      const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? []
      return host === ''
        ? []
        : [{ variable, host, port: port === undefined ? 27_017 : Number(port) }]
    })
  })
}
