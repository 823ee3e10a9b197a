import type { Host } from '../../ports/host.js'
import type { DockerClient } from '../docker/client.js'

/** What pipes between this machine and containers take. */
export interface PipeWorld {
  readonly host: Host
  /** Folder of this machine in which they are made. */
  readonly temporary: string
  /** Milliseconds from the start of a container to its greeting. */
  readonly patience: number
}

/** Why no pipe leads from here to an engine's containers: it leads from one process to another of the same kernel. */
export function whyUnpiped({
  local,
  endpoint,
}: Pick<DockerClient, 'local' | 'endpoint'>): string | undefined {
  if (!local)
    return `the engine at ${endpoint} is not of this machine, so no container there can write into a pipe here`
  if (process.platform !== 'linux')
    return 'the engine runs in a virtual machine here, and pipes do not lead out of it'
  return undefined
}
