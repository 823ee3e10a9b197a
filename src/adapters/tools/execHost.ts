import { Secret } from '../../domain/secret.js'
import type { ContainerFacts, Engine } from '../../ports/engine.js'
import type { DockerClient } from '../docker/client.js'
import { startExec } from '../docker/exec.js'
import { hiddenVariables } from '../docker/hiddenVariables.js'
import { drained } from './drained.js'
import type { ToolHost } from './toolHost.js'

/** The tools of a database's own container, run by the engine's exec. */
export function execHost(
  client: DockerClient,
  engine: Engine,
  container: ContainerFacts,
  uri: Secret,
  secrets: readonly Secret[],
): ToolHost {
  const environment = hiddenVariables(container.environment, secrets)
  const start: ToolHost['start'] = (argv, onStderr) =>
    startExec(client, { container: container.id, argv, environment, onStderr })

  return {
    name: 'exec',
    uri,
    secrets,
    start,

    async terminate(processNumber) {
      const stopper = await start(['kill', '-TERM', processNumber.toString()], () => undefined)
      stopper.stdin.end()
      await drained(stopper.stdout)
      await stopper.exitCode()
    },

    async explain() {
      const now = await engine.container(container.id).catch(() => undefined)
      if (!now) return `container ${container.name} is gone`
      if (now.oomKilled) return `container ${container.name} ran out of memory and was killed`
      if (now.state !== 'running')
        return `container ${container.name} is ${now.state} (exit code ${now.exitCode.toString()})`
      return now.startedAt === container.startedAt
        ? undefined
        : `container ${container.name} was restarted meanwhile`
    },
  }
}
