import type { PortOwner, PortSeen, ServiceSeen, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Words of the engine for a port that somebody else has. */
const takenWords = /port is already allocated|address already in use|EADDRINUSE/i

/** Has something else a port that a service of the stack is to be published on? */
export function judgePorts(
  services: readonly ServiceSeen[],
  { ports }: Pick<TroubleEvidence, 'ports'>,
): readonly Found[] {
  if (ports.state !== 'seen') return []
  const taken = ports.facts.flatMap((port) => judged(port, services))
  const named = new Set(taken.map(({ about }) => about))
  const others = services.filter(
    ({ facts, service }) => !named.has(service) && takenWords.test(facts?.error ?? ''),
  )
  return [...taken, ...others.map(wasTaken)]
}

function judged(seen: PortSeen, services: readonly ServiceSeen[]): readonly Found[] {
  const { service, port, owners, variable, instead } = seen
  const container = services.find((one) => one.service === service)
  const failed = takenWords.test(container?.facts?.error ?? '')
  const text = port.toString()
  const also = container?.target === undefined ? [] : (['connection'] as const)
  if (owners.state !== 'seen') {
    if (!failed) return []
    return [
      found('port', 'fail', 'port-taken', {
        also,
        about: service,
        says: `${service} could not be started: port ${text} is taken`,
        because: [
          'the engine says so',
          `by whom is not known: ${owners.state === 'refused' ? owners.message : owners.because}`,
        ],
        next: [`ss -ltnp "sport = :${text}"   (on the machine of the engine)`],
      }),
    ]
  }
  const [owner] = owners.facts
  if (!owner) return []
  return [
    found('port', 'fail', 'port-taken', {
      also,
      about: service,
      says: `port ${text}, which ${service} is to be published on, is taken by ${ownerText(owner)}`,
      because: owners.facts.map(ownerLine),
      next: nextFor(owner, service, text, variable, instead?.port),
      fix:
        instead && variable !== undefined && container?.facts && !container.job
          ? {
              kind: 'port',
              title: `publish ${service} on port ${instead.port.toString()} (${variable} in .env)`,
              service,
              variable,
              from: port,
              to: instead.port,
              host: instead.host,
            }
          : null,
    }),
  ]
}

/** The engine refused it then; by now nobody has the port. */
function wasTaken({ service, facts, declared, target, trouble }: ServiceSeen): Found {
  return found('port', 'fail', 'port-was-taken', {
    also: target === undefined ? [] : ['connection'],
    about: service,
    says: `a port of ${service} was taken when it was to be started, and is not any more, as far as can be seen`,
    because: [facts?.error ?? ''],
    next: [`ops stack up ${service}`],
    fix:
      declared && (trouble === undefined || trouble.cure === 'start')
        ? { kind: 'service', service, cure: 'start', title: `start ${service}` }
        : null,
  })
}

function ownerText(owner: PortOwner): string {
  if (owner.kind === 'container') return `the container ${owner.name}`
  if (owner.pid === undefined) return 'a process of somebody else'
  return `process ${owner.pid.toString()} (${owner.program ?? '?'})`
}

function ownerLine(owner: PortOwner): string {
  if (owner.kind === 'container') return `${owner.name} publishes it`
  const whose = owner.pid === undefined ? ': whose it is only root can see' : ''
  return `${ownerText(owner)} listens on ${owner.address}${whose}`
}

/** What a program calls itself is data: only its number goes into a command. */
function nextFor(
  owner: PortOwner,
  service: string,
  port: string,
  variable: string | undefined,
  instead: number | undefined,
): readonly string[] {
  const other =
    variable === undefined
      ? `publish ${service} on another port (ports: in the compose file)`
      : `${variable}=${instead?.toString() ?? 'ANOTHER'}   (in .env, instead of ${port})`
  const look =
    owner.kind === 'container'
      ? [`docker ps --filter name=${owner.name}`]
      : owner.pid === undefined
        ? [`sudo ss -ltnp "sport = :${port}"`]
        : [`ps -fp ${owner.pid.toString()}`]
  return [...look, other, `ops stack up ${service}`]
}
