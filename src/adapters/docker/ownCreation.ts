import type Docker from 'dockerode'
import type { OwnContainerRequest, OwnNetwork } from '../../ports/ownContainers.js'

/** The engine's form of a request: no terminal, no new privileges, no restart, no log that fills the engine's disk. */
export function creation(
  request: OwnContainerRequest,
  labels: Readonly<Record<string, string>>,
): Docker.ContainerCreateOptions {
  const [program = '', ...rest] = request.argv
  const memory = request.memoryBytes
  return {
    Image: request.image,
    Entrypoint: [program],
    Cmd: rest,
    Env: Object.entries(request.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.hostname === undefined ? {} : { Hostname: request.hostname }),
    Labels: { ...labels },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    // The check of the database's image would ask a server that does not run here.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: networkMode(request.network),
      Mounts: (request.mounts ?? []).map(({ source, destination, readOnly }) => ({
        Type: source.startsWith('/') ? ('bind' as const) : ('volume' as const),
        Source: source,
        Target: destination,
        ReadOnly: readOnly,
      })),
      Tmpfs: Object.fromEntries((request.temporary ?? []).map((path) => [path, ''])),
      ReadonlyRootfs: request.readOnlyRoot,
      ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
      CapDrop: ['ALL'],
      CapAdd: [...(request.capabilities ?? [])],
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none', Config: {} },
    },
  }
}

function networkMode(network: OwnNetwork): string {
  return network.kind === 'container' ? `container:${network.id}` : network.kind
}
