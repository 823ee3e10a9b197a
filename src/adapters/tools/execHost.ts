import type { Engine } from '../../ports/engine.js'
import type { DockerClient } from '../docker/client.js'
import { startExec } from '../docker/exec.js'
import { hiddenVariables } from '../docker/hiddenVariables.js'
import type { Beside } from './beside.js'
import { sendSignal } from './sendSignal.js'
import type { ToolHost } from './toolHost.js'
import { whyEnded } from './whyEnded.js'

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

    terminate: (processNumber, signal) => sendSignal({ start }, processNumber, signal),

    // A killed container's processes are gone before the engine says so: a tool ended by a signal is worth the wait.
    explain: (exitCode) => whyEnded(engine, container, exitCode > 128 ? 25 : 1),
  }
}
