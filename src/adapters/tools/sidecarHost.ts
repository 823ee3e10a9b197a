import type { Target } from '../../domain/target.js'
import type { Engine } from '../../ports/engine.js'
import type { OwnContainer, OwnEnding } from '../../ports/ownContainers.js'
import type { DockerClient } from '../docker/client.js'
import { startExec } from '../docker/exec.js'
import { feedPipe, type FeedPipe } from '../pipes/feedPipe.js'
import type { Beside } from './beside.js'
import { firstBytes } from '../pipes/firstBytes.js'
import { requireGreeting, unpiped } from './greeting.js'
import { sendSignal } from './sendSignal.js'
import { startContainer, type SidecarWorld } from './sidecarContainer.js'
import { fromPipe } from './sidecarWrapper.js'
import type { ToolHost, ToolProcess } from './toolHost.js'
import { whyEnded } from './whyEnded.js'

/** A container of our own in which one tool is run once, fed through a named pipe past the engine. */
export interface SidecarHost extends ToolHost {
  /** Ends and removes what was started; may be called again. Tells whether it is certainly gone. */
  remove(): Promise<boolean>
}

/**
 * `start` throws `ENGINE_IMPOSSIBLE`, `TOOL_MISSING`, `OWN_CONTAINER_FAILED` (environment), or the signal's reason, before
 * anything but a greeting was written into the pipe.
 */
export function sidecarHost(
  target: Target,
  { database, uri, secrets, carried }: Beside,
  world: SidecarWorld,
  engine: Engine,
  client: DockerClient,
  signal: AbortSignal,
): SidecarHost {
  let pipe: FeedPipe | undefined
  let container: OwnContainer | undefined
  let ended: Promise<OwnEnding> | undefined

  const begin: ToolHost['start'] = async (argv, onStderr) => {
    pipe = await feedPipe(world.temporary, world.host.pid).catch((error: unknown) => {
      throw unpiped(target, 'no named pipe can be made on this machine', error)
    })
    const { writer } = pipe
    const greeting = `ops-${world.host.token()}`
    const run = { kind: 'restore' as const, wrapper: fromPipe, toolArguments: argv, onStderr }
    container = await startContainer(target, database, pipe, greeting, run, world, signal)
    ended = container.ended()
    ended.catch(() => undefined)
    writer.write(`${greeting}\n`)
    const { first, rest } = firstBytes(container.stdout, greeting.length)
    first.catch(() => undefined)
    const { patience } = world
    await requireGreeting(target, 'mongorestore', { first, greeting, ended, patience }, signal)
    pipe.readerIsThere()
    return running(writer, rest, ended)
  }
  const remove = async () => {
    // What the engine does not remove now is swept up by the next run.
    const removed = await container?.remove().then(
      () => true,
      () => false,
    )
    await pipe?.remove()
    return removed !== false
  }

  return {
    name: 'sidecar',
    uri,
    secrets,
    carried,
    start: (argv, onStderr) =>
      begin(argv, onStderr).catch(async (error: unknown) => {
        await remove()
        throw error
      }),
    async terminate(processNumber, how) {
      if (!container) return
      if (how === 'KILL') return container.kill('SIGKILL')
      const { id } = container
      const start: ToolHost['start'] = (argv, onStderr) =>
        startExec(client, { container: id, argv, onStderr })
      await sendSignal({ start }, processNumber, how)
    },
    howToEnd: () => container && `docker rm --force ${container.name}`,
    async explain(exitCode) {
      if ((await ended)?.outOfMemory === true)
        return `its container ran out of the ${mebibytes(world.memoryBytes.restore)} MiB it may use`
      const why = await whyEnded(engine, database, 10)
      return why ?? (exitCode === 137 ? 'it was killed from outside' : undefined)
    },
    remove,
  }
}

function running(
  writer: FeedPipe['writer'],
  stdout: AsyncIterable<Uint8Array>,
  ended: Promise<OwnEnding>,
): ToolProcess {
  return {
    stdin: writer,
    stdout,
    exitCode: async () => (await ended).exitCode,
    destroy: () => {
      writer.destroy()
    },
  }
}

/** So many MiB, as text. */
export function mebibytes(bytes: number): string {
  return Math.round(bytes / 2 ** 20).toString()
}
