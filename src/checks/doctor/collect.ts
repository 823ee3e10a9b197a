import type { Stack, Target } from '../../domain/target.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { CopyPlace } from '../../ports/copies.js'
import { collectTarget } from './collectTarget.js'
import type { ConfigurationFacts, Evidence, Looked, PlaceEvidence } from './evidence.js'
import { look, seen, type Watch } from './look.js'
import { lookAtFile } from './lookAtFile.js'
import type { Configured, Patient } from './patient.js'

/** Seconds for what is asked of this machine, of the engine, of compose, which reads and resolves files, and of places elsewhere. */
const patience = { machine: 6, engine: 10, compose: 20, place: 20 }

/**
 * Looks at everything, side by side and each with a deadline of its own: what hangs or throws harms nothing else. Throws
 * the watch's reason only.
 */
export async function collect(patient: Patient, watch: Watch): Promise<Evidence> {
  const { compose, machine, stateFolder, clock } = patient
  const at = clock.now().toISOString()
  const [[engineSeen, engineSocket], composeSeen, stateSeen, configured] = await Promise.all([
    collectEngine(patient, watch),
    look(watch, patience.compose, () => compose.version()),
    look(watch, patience.machine, () => machine.folder(stateFolder)),
    collectConfigured(patient, watch),
  ])
  return {
    at,
    engine: engineSeen,
    ...(engineSocket ? { engineSocket } : {}),
    compose: composeSeen,
    stateFolder: stateSeen,
    ...configured,
  }
}

const unixSocket = /^unix:\/\//

/** The engine, and the socket that it listens at. */
async function collectEngine(
  { engine, machine }: Patient,
  watch: Watch,
): Promise<readonly [Evidence['engine'], Evidence['engineSocket']]> {
  const found = await look(watch, patience.engine, () => engine.facts())
  const { endpoint = '' } = seen(found) ?? {}
  if (!unixSocket.test(endpoint)) return [found, undefined]
  const path = endpoint.replace(unixSocket, '')
  return [found, await look(watch, patience.machine, () => machine.path(path))]
}

type ConfiguredEvidence = Pick<
  Evidence,
  'configuration' | 'configurationFile' | 'stack' | 'places' | 'schedule' | 'targets'
>

async function collectConfigured(patient: Patient, watch: Watch): Promise<ConfiguredEvidence> {
  const read = await look(watch, patience.machine, () => patient.configuration())
  if (read.state !== 'seen') return { configuration: read, places: [], targets: [] }
  const configured = read.facts
  const { stack } = configured.world
  const { schedule } = configured
  // Compose reads and resolves its files: once for everybody.
  const project = stack && look(watch, patience.compose, () => patient.compose.project(stack))
  const [configurationFile, stackSeen, places, scheduleSeen, targets] = await Promise.all([
    lookAtFile(configured.file, patient.machine, watch),
    stack && project && collectStack(stack, project, configured, patient, watch),
    Promise.all(configured.world.copies.map((place) => tryPlace(place, watch))),
    schedule && look(watch, patience.machine, schedule),
    Promise.all(
      configured.targets.map((each) => collectTarget(each, project, configured, patient, watch)),
    ),
  ])
  return {
    configuration: { state: 'seen', facts: factsOf(configured) },
    configurationFile,
    ...(stackSeen === undefined ? {} : { stack: stackSeen }),
    places,
    ...(scheduleSeen === undefined ? {} : { schedule: scheduleSeen }),
    targets,
  }
}

async function tryPlace(place: CopyPlace, watch: Watch): Promise<PlaceEvidence> {
  const { name, type, where } = place
  const probe = await look(watch, patience.place, (signal) => place.probe(signal))
  return { name, type, where, probe }
}

function factsOf({
  file,
  warnings,
  plainPasswords,
  targets,
  backupAgeSeconds,
}: Configured): ConfigurationFacts {
  const names = targets.map(({ name }) => name)
  return { file, warnings, plainPasswords, targets: names, backupAgeSeconds }
}

async function collectStack(
  stack: Stack,
  project: Promise<Looked<ComposeProject>>,
  { targets }: Configured,
  patient: Patient,
  watch: Watch,
): Promise<NonNullable<Evidence['stack']>> {
  const [read, environmentFile] = await Promise.all([
    project,
    lookAtFile(`${stack.directory}/.env`, patient.machine, watch),
  ])
  if (read.state !== 'seen') return { project: read, images: read, environmentFile }
  const { name, services } = read.facts
  const images = await look(watch, patience.engine, () => {
    const servers = new Set(targets.flatMap(({ place }) => serviceOf(place)))
    const others = Object.values(services).filter(
      (service) => service.profiles.length === 0 && !servers.has(service.name),
    )
    const used = [...new Set(others.flatMap(({ image }) => image ?? []))]
    return Promise.all(
      used.map(async (image) => ({
        name: image,
        present: (await patient.engine.image(image)) !== undefined,
        used: false,
      })),
    )
  })
  const facts = {
    project: stack.project ?? name,
    services: Object.keys(services),
    unknown: namedServices(stack, targets).filter((service) => services[service] === undefined),
  }
  return { project: { state: 'seen', facts }, images, environmentFile }
}

function namedServices({ job }: Stack, targets: readonly Target[]): readonly string[] {
  const named = targets.flatMap(({ place, writers }) => [
    ...serviceOf(place),
    ...writers.map(({ service }) => service),
  ])
  return [...new Set([...named, ...(job === undefined ? [] : [job])])]
}

function serviceOf(place: Target['place']): readonly string[] {
  return place.kind === 'service' ? [place.service] : []
}
