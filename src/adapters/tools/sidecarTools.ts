import { text } from 'node:stream/consumers'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Engine } from '../../ports/engine.js'
import type {
  DumpRequest,
  DumpRun,
  DumpTools,
  RestoreOutcome,
  ToolOutcome,
  ToolVersions,
} from '../../ports/tools.js'
import type { DockerClient } from '../docker/client.js'
import { dumpArguments, patienceArguments, toolConfiguration } from './arguments.js'
import type { Beside } from './beside.js'
import { LineTail } from './lineTail.js'
import { redactor } from './redact.js'
import { readUntil } from './readUntil.js'
import { isStillRunning, runRestore } from './restore.js'
import { startSidecar } from './sidecar.js'
import type { SidecarWorld } from './sidecarContainer.js'
import { mebibytes, sidecarHost, type SidecarHost } from './sidecarHost.js'
import { sidecarDump, sidecarVersions } from './sidecarWrapper.js'
import { whyEnded } from './whyEnded.js'

/** MongoDB's tools in a container of our own, its data going through a named pipe. */
export function sidecarTools(
  besideOf: (target: Target) => Promise<Beside>,
  world: SidecarWorld,
  engine: Engine,
  client: () => Promise<DockerClient>,
): DumpTools {
  return {
    name: 'sidecar',
    versions: async (target) => versions(target, await besideOf(target), world),
    dump: async (target, request, signal) =>
      startDump(target, await besideOf(target), request, world, engine, signal),
    async restore(target, request, source, signal) {
      const beside = await besideOf(target)
      const host = sidecarHost(target, beside, world, engine, await client(), signal)
      return removing(host, runRestore(host, request, source, signal))
    },
  }
}

/** A tool that was taken for running is gone with its container: then why it was to stop is what there is to tell. */
async function removing(
  host: SidecarHost,
  restoring: Promise<RestoreOutcome>,
): Promise<RestoreOutcome> {
  try {
    return await restoring
  } catch (error) {
    if ((await host.remove()) && isStillRunning(error)) throw error.cause
    throw error
  } finally {
    await host.remove()
  }
}

async function startDump(
  target: Target,
  { database, uri, secrets, carried }: Beside,
  request: DumpRequest,
  world: SidecarWorld,
  engine: Engine,
  signal: AbortSignal,
): Promise<DumpRun> {
  const tail = new LineTail(redactor(secrets))
  const sidecar = await startSidecar(
    target,
    database,
    {
      kind: 'dump',
      wrapper: sidecarDump(carried.wrapper),
      toolArguments: [...dumpArguments(request), ...patienceArguments(uri)],
      input: carried.input + toolConfiguration(uri),
      onStderr: (chunk) => {
        tail.add(chunk)
      },
    },
    world,
    signal,
  )
  const leave = async (toTheEnd: boolean): Promise<ToolOutcome> => {
    if (!toTheEnd) {
      sidecar.container.kill('SIGKILL').catch(() => undefined)
      sidecar.pipe.reader.destroy()
    }
    const { exitCode, outOfMemory } = await sidecar.ended.finally(() => sidecar.remove())
    const because = outOfMemory
      ? `its container ran out of the ${mebibytes(world.memoryBytes.dump)} MiB it may use`
      : exitCode === 0 || !toTheEnd
        ? undefined
        : await whyEnded(engine, database, 10)
    return { exitCode, lines: tail.lines(), ...(because === undefined ? {} : { because }) }
  }
  return {
    engine: 'sidecar',
    fellBack: [],
    ...readUntil(sidecar.pipe.reader.blocks(), signal, leave),
  }
}

async function versions(
  target: Target,
  { database }: Beside,
  world: SidecarWorld,
): Promise<ToolVersions> {
  const nothing = () => undefined
  const run = {
    kind: 'dump' as const,
    wrapper: sidecarVersions,
    toolArguments: [],
    input: '',
    onStderr: nothing,
  }
  const sidecar = await startSidecar(target, database, run, world, new AbortController().signal)
  try {
    const said = await text(sidecar.pipe.reader.blocks())
    const { exitCode } = await sidecar.ended
    const [mongodump, mongorestore] = ['mongodump', 'mongorestore'].map(
      (tool) => new RegExp(`^${tool} version:\\s*v?(\\S+)`, 'm').exec(said)?.[1],
    )
    if (exitCode === 0 && mongodump !== undefined && mongorestore !== undefined)
      return { mongodump, mongorestore }
    throw new Failure(
      'environment',
      'TOOL_MISSING',
      `mongodump and mongorestore cannot be run in the image of "${target.name}" (exit code ${exitCode.toString()})`,
      ['ops doctor', 'ops backup --engine host'],
    )
  } finally {
    await sidecar.remove()
  }
}
