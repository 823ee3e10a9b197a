import type { Engine } from '../../ports/engine.js'
import type { DockerClient } from '../docker/client.js'
import { startExec } from '../docker/exec.js'
import { hiddenVariables } from '../docker/hiddenVariables.js'
import type { Beside } from './beside.js'
import { runTool } from './runTool.js'
import type { ToolHost } from './toolHost.js'
import { whyEnded } from './whyEnded.js'

/** Milliseconds that sending a signal may take. */
const stopPatience = 3_000

/** The tools of a database's own container, run by the engine's exec. */
export function execHost(
  client: DockerClient,
  engine: Engine,
  { database: container, uri, secrets, carried }: Beside,
): ToolHost {
  const environment = hiddenVariables(container.environment, secrets)
  const start: ToolHost['start'] = (argv, onStderr) =>
    startExec(client, { container: container.id, argv, environment, onStderr })

  return {
    name: 'exec',
    uri,
    secrets,
    carried,
    start,

    async terminate(processNumber, signal) {
      // The shell's own `kill`: few images have a program of that name.
      const { exitCode } = await runTool(
        { start },
        ['sh', '-c', 'kill "-$1" "$2"', 'sh', signal, processNumber.toString()],
        stopPatience,
      )
      if (exitCode !== 0) throw new Error(`kill left with exit code ${exitCode.toString()}`)
    },

    // A killed container's processes are gone before the engine says so: a tool ended by a signal is worth the wait.
    explain: (exitCode) => whyEnded(engine, container, exitCode > 128 ? 25 : 1),
  }
}
