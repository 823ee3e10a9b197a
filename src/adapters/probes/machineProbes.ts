import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'
import type { Probes } from '../../ports/probes.js'
import { askHttp } from './askHttp.js'
import { askServer, type ServerWorld } from './askServer.js'
import { askTcp } from './askTcp.js'
import { answeringPaths } from './answeringPaths.js'
import { runningContainer } from './containersOf.js'
import { lookAtCertificate } from './lookAtCertificate.js'
import { lookAtDisk } from './lookAtDisk.js'
import { fixedPart } from './newestFile.js'
import { newestOf } from './newestOf.js'
import { readLog, type LogWorld } from './readLog.js'
import { unlessAborted } from './unlessAborted.js'

/** What looking takes. */
export interface ProbingWorld extends LogWorld, ServerWorld {
  /** That of ops. Nothing of it but what a program needs is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Of the whole process: a child that asks a dead mount cannot be ended, so however often somebody looks, there is one for each path. */
const ownPaths = answeringPaths()

/** All but that of data, which is a procedure of its own. */
type MachineProbes = Omit<Probes, 'data'>

/** Looks at the world from this machine; paths that do not answer are remembered as long as it runs. Heavy packages are loaded by whoever needs them. */
export function machineProbes(world: ProbingWorld, paths = ownPaths): MachineProbes {
  return {
    http: unlessOver(async (probe, signal) => {
      if (probe.ca !== undefined) await paths.require(probe.ca, signal)
      return askHttp(probe, world.secrets, signal)
    }),
    tcp: unlessOver(askTcp),
    exec: unlessOver((probe, signal) => run(probe, world, signal)),
    log: unlessOver((probe, signal) => readLog(probe, world, signal)),
    freshness: unlessOver(async (probe, signal) => {
      if (probe.kind === 'files') {
        const { path, below } = fixedPart(probe.glob)
        await (below ? paths.requireBelow(path, signal) : paths.require(path, signal))
      }
      return newestOf(probe, world, signal)
    }),
    certificate: unlessOver(async (probe, signal) => {
      const file = probe.kind === 'file' ? probe.path : probe.ca
      if (file !== undefined) await paths.require(file, signal)
      return lookAtCertificate(probe, signal)
    }),
    disk: unlessOver(async (probe, signal) => {
      await paths.require(probe.path, signal)
      return lookAtDisk(probe)
    }),
    systemd: unlessOver(async (probe, signal) => {
      const { askSystemd } = await import('./askSystemd.js')
      return askSystemd(probe, world.environment, signal)
    }),
    query: unlessOver((probe, signal) => askServer(probe, world, signal)),
  }
}

type Ask<Probe, Facts> = (probe: Probe, signal: AbortSignal) => Promise<Facts>

/** Nothing is begun for somebody who has left. */
function unlessOver<Probe, Facts>(ask: Ask<Probe, Facts>): Ask<Probe, Facts> {
  return async (probe, signal) => {
    signal.throwIfAborted()
    return ask(probe, signal)
  }
}

async function run(
  { command, place }: ProbeOf['exec'],
  world: ProbingWorld,
  signal: AbortSignal,
): Promise<FactsOf['exec']> {
  if (place.kind === 'host') {
    const { runOnHost } = await import('./runOnHost.js')
    const { folder } = place
    const { environment } = world
    return { exitCode: await runOnHost({ command, folder, environment }, signal) }
  }
  const container = await unlessAborted(runningContainer(place, world), signal)
  if (!container) throw silentEngine()
  const { runInContainer } = await import('./runInContainer.js')
  return { exitCode: await runInContainer(await world.client(), container, command, signal) }
}

/** The command was not begun: it is not at fault. */
function silentEngine(): Failure {
  return new Failure(
    'environment',
    'ENGINE_UNREACHABLE',
    'the Docker engine did not say in time which container the command is for',
    ['ops doctor'],
  )
}
