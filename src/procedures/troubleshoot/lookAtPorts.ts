import { look, type Watch } from '../../checks/doctor/look.js'
import type { Looked } from '../../checks/doctor/evidence.js'
import type { PortOwner, PortSeen, ServiceSeen } from '../../checks/troubleshoot/evidence.js'
import type { ContainerFacts } from '../../ports/engine.js'
import { freePort } from './freePort.js'
import { portVariable } from './portVariable.js'
import type { TroubleshootWorld } from './request.js'

/** Seconds for one port. */
const patience = 6

/** Who else has the ports that services are to be published on; of one that its own container has, nobody. */
export async function lookAtPorts(
  services: readonly ServiceSeen[],
  world: TroubleshootWorld,
  watch: Watch,
): Promise<readonly PortSeen[]> {
  const wanted = services.flatMap((one) => portsOf(one))
  const missing = wanted.filter(({ own }) => !own)
  if (missing.length === 0) return []
  const project = services.find(({ facts }) => facts?.project !== undefined)?.facts?.project
  // A service of that name in another project is somebody else.
  const all = (await world.engine.containers()).map((one) =>
    one.project === project ? one : { ...one, service: '' },
  )
  const isHere = await onEnginesMachine(world)
  const promised = new Set([
    ...services.flatMap(({ declared }) =>
      (declared?.ports ?? []).map(({ published }) => Number(published)),
    ),
    ...all.flatMap(({ ports }) =>
      Object.values(ports).flatMap((each) => each.map(({ port }) => port)),
    ),
  ])
  return Promise.all(
    missing.map(async ({ service, port, inside, host }) => {
      const containers = publishing(all, port, host, service)
      const owners: Looked<readonly PortOwner[]> =
        containers.length > 0
          ? { state: 'seen', facts: containers }
          : isHere
            ? await look(watch, patience, () => processes(port, host, world))
            : {
                state: 'unseen',
                because: 'ops does not run in the network of the engine’s machine',
              }
      const variable = await portVariable({ port, inside }, world)
      const isTaken = owners.state === 'seen' && owners.facts.length > 0
      const free =
        isTaken && isHere && variable?.alone === true
          ? await freePort(port, host, promised, world)
          : undefined
      return {
        service,
        port,
        owners,
        ...(variable === undefined ? {} : { variable: variable.name }),
        ...(free === undefined ? {} : { instead: { port: free, host } }),
      }
    }),
  )
}

interface WantedPort {
  readonly service: string
  readonly port: number
  readonly inside: number
  /** Empty: on every address. */
  readonly host: string
  /** Whether its own container has it. */
  readonly own: boolean
}

/** A service that nobody wants to run needs no port: one of a profile that has no container. */
function portsOf({ service, declared, facts }: ServiceSeen): readonly WantedPort[] {
  if (!declared || (declared.profiles.length > 0 && !facts)) return []
  // Who is paused keeps its ports.
  const holds = facts?.state === 'running' || facts?.state === 'paused'
  const held = Object.values(holds ? facts.ports : {}).flat()
  return declared.ports.flatMap(({ container: inside, published, host = '' }) => {
    const port = Number(published)
    if (!Number.isInteger(port) || port <= 0) return []
    return [{ service, port, inside, host, own: held.some((one) => one.port === port) }]
  })
}

function publishing(
  all: readonly ContainerFacts[],
  port: number,
  host: string,
  service: string,
): readonly PortOwner[] {
  return all
    .filter(({ state }) => state === 'running' || state === 'paused')
    .filter((one) => one.service !== service)
    .filter(({ ports }) =>
      Object.values(ports)
        .flat()
        .some((one) => one.port === port && meet(one.host, host)),
    )
    .map(({ name }) => ({ kind: 'container' as const, name }))
}

async function processes(
  port: number,
  host: string,
  { premises }: TroubleshootWorld,
): Promise<readonly PortOwner[]> {
  const found = await premises.listeners(port)
  if (!found) throw new Error('this machine does not tell who listens (no /proc)')
  return found
    .filter(({ address }) => meet(address, host))
    .map((one) => ({ kind: 'process' as const, ...one }))
}

/** Whoever is at one of the engine's own addresses is on its machine, and in its network: no container of it is. */
async function onEnginesMachine({ engineHost, premises }: TroubleshootWorld): Promise<boolean> {
  const [gateways, addresses] = await Promise.all([engineHost.gateways(), premises.addresses()])
  return gateways.some((gateway) => addresses.includes(gateway))
}

const everywhere: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** Whether a port cannot be had on both addresses. */
function meet(one: string, other: string): boolean {
  return one === other || everywhere.has(one) || everywhere.has(other)
}
