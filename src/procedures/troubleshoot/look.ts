import { look, type Watch } from '../../checks/doctor/look.js'
import type {
  PlaceTried,
  ServiceSeen,
  TroubleEvidence,
} from '../../checks/troubleshoot/evidence.js'
import type { Looked } from '../../checks/doctor/evidence.js'
import type { CopyPlace } from '../../ports/copies.js'
import { lookAtPorts } from './lookAtPorts.js'
import { lookAtServices } from './lookAtServices.js'
import { lookAtTarget } from './lookAtTarget.js'
import type { TroubleshootRequest, TroubleshootWorld } from './request.js'

/** Seconds that each look may take. Compose reads and resolves files, and logs of every container are read. */
const patience = { engine: 10, services: 45, ports: 20, place: 15 }

/** The same where it is asked every minute: services, and then ports, take no longer than the whole of it may. */
const routinePatience = { engine: 6, services: 13, ports: 5, place: 15 }

/**
 * Collects what symptoms are told by: containers, networks, logs, compose files, servers, disks, locks; side by side, each with a deadline
 * of its own. Changes nothing. Throws the signal's reason only.
 */
export async function lookForTroubles(
  request: TroubleshootRequest,
  world: TroubleshootWorld,
): Promise<TroubleEvidence> {
  const { targets, signal, left, backupAgeSeconds, everySeconds } = request
  const watch: Watch = { clock: world.clock, signal, ...(left ? { left } : {}) }
  const seconds = request.routine ? routinePatience : patience
  const services = look(watch, seconds.services, (late) =>
    lookAtServices(request, world, { ...watch, signal: late }),
  )
  const [engine, seenServices, ports, memoryBytes, seenTargets, places] = await Promise.all([
    look(watch, seconds.engine, () => world.engine.facts()),
    services,
    services.then((found) => portsOf(found, seconds.ports, world, watch)),
    look(watch, seconds.engine, () => world.engineHost.memoryBytes()),
    Promise.all(targets.map((target) => lookAtTarget(target, request, world, watch))),
    placesOf(request, world, watch),
  ])
  return {
    // When it was looked is when the newest of it was seen: what was logged meanwhile is no message from the future.
    at: world.clock.now().toISOString(),
    engine,
    services: seenServices,
    ports,
    memoryBytes,
    targets: seenTargets,
    places,
    backupAgeSeconds,
    everySeconds,
  }
}

async function portsOf(
  services: Looked<readonly ServiceSeen[]>,
  seconds: number,
  world: TroubleshootWorld,
  watch: Watch,
): Promise<TroubleEvidence['ports']> {
  if (services.state !== 'seen') return services
  return look(watch, seconds, () => lookAtPorts(services.facts, world, watch))
}

/** A place is tried by listing what it holds of each target: that takes no more rights than a copy does. */
async function placesOf(
  { targets }: TroubleshootRequest,
  { copies }: TroubleshootWorld,
  watch: Watch,
): Promise<readonly PlaceTried[]> {
  return Promise.all(copies.map((place) => placeOf(place, targets, watch)))
}

async function placeOf(
  place: CopyPlace,
  targets: TroubleshootRequest['targets'],
  watch: Watch,
): Promise<PlaceTried> {
  const { name } = place
  const looked = await look(watch, patience.place, async (signal) => {
    const held: Record<string, readonly string[]> = {}
    for (const target of targets) {
      const { entries } = await place.list(target.name, signal)
      held[target.name] = entries.flatMap(({ manifest, present }) => (present ? [manifest.id] : []))
    }
    return held
  })
  if (looked.state !== 'seen') return { name, tried: looked }
  return { name, tried: { state: 'seen', facts: true }, holds: looked.facts }
}
