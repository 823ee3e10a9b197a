import type Docker from 'dockerode'
import type { ContainerFacts, ContainerLog, ContainerState } from '../../ports/engine.js'

/** The engine's description of a container, reduced to what ops needs. */
export function containerFacts(inspected: Docker.ContainerInspectInfo): ContainerFacts {
  const { State: state, Config: config, NetworkSettings: network } = inspected
  const labels = config.Labels as Record<string, string | undefined>
  const health = state.Health?.Status
  const project = labels['com.docker.compose.project']
  const service = labels['com.docker.compose.service']
  const configHash = labels['com.docker.compose.config-hash']
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ''),
    image: config.Image,
    imageId: inspected.Image,
    state: state.Status as ContainerState,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    command: [
      ...((config.Entrypoint as string[] | null) ?? []),
      ...((config.Cmd as string[] | null) ?? []),
    ],
    restarts: inspected.RestartCount,
    environment: environmentOf(config.Env),
    ...(inspected.HostConfig.NetworkMode === 'host' ? { hostNetwork: true } : {}),
    ports: portsOf(network.Ports),
    addresses: addressesOf(network.Networks),
    mounts: inspected.Mounts.map((mount) => ({
      type: mount.Type,
      source: mount.Name ?? mount.Source,
      destination: mount.Destination,
    })),
    memoryLimit: inspected.HostConfig.Memory ?? 0,
    ...networksOf(inspected),
    ...logOf(inspected),
    ...(state.Error === '' ? {} : { error: state.Error }),
    ...(health === 'healthy' || health === 'unhealthy' || health === 'starting' ? { health } : {}),
    ...(isTime(state.StartedAt) ? { startedAt: state.StartedAt } : {}),
    ...(isTime(state.FinishedAt) ? { finishedAt: state.FinishedAt } : {}),
    ...(project === undefined ? {} : { project }),
    ...(service === undefined ? {} : { service }),
    ...(configHash === undefined ? {} : { configHash }),
    ...(labels['com.docker.compose.oneoff'] === 'True' ? { oneOff: true } : {}),
  }
}

type PortMap = Record<string, { HostIp: string; HostPort: string }[] | null>

function environmentOf(lines: readonly string[] | null): Record<string, string> {
  return Object.fromEntries(
    (lines ?? []).map((line) => {
      const at = line.indexOf('=')
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}

function portsOf(ports: PortMap | null): ContainerFacts['ports'] {
  return Object.fromEntries(
    Object.entries(ports ?? {}).map(([port, bindings]) => [
      port,
      (bindings ?? []).map((binding) => ({ host: binding.HostIp, port: Number(binding.HostPort) })),
    ]),
  )
}

function addressesOf(
  networks: Record<string, { IPAddress?: string }> | null,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(networks ?? {}).flatMap(([name, { IPAddress: address }]) =>
      address ? [[name, address]] : [],
    ),
  )
}

/** Engines that only speak as Docker does may leave parts of it out. */
function logOf(inspected: Docker.ContainerInspectInfo): Pick<ContainerFacts, 'log'> {
  const config = inspected.HostConfig.LogConfig as
    { Type?: string; Config?: Record<string, string> | null } | null | undefined
  if (!config?.Type) return {}
  const { LogPath: path = '' } = inspected as { LogPath?: string }
  const log: ContainerLog = {
    driver: config.Type,
    options: config.Config ?? {},
    ...(path === '' ? {} : { path }),
  }
  return { log }
}

/** One in the network of the machine, or of another container, is found by no name of its own. */
function networksOf({
  Id: id,
  Name: name,
  HostConfig: { NetworkMode: mode = '' },
  NetworkSettings: { Networks: networks },
}: Docker.ContainerInspectInfo): Pick<ContainerFacts, 'networks'> {
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return {}
  // Left out by engines for a container that is in none.
  const all = networks as Record<string, { Aliases?: string[] | null }> | null
  const named = Object.entries(all ?? {})
  return {
    networks: Object.fromEntries(
      named.map(([network, { Aliases: aliases }]) => [
        network,
        [...new Set([name.replace(/^\//, ''), ...(aliases ?? []), id.slice(0, 12)])],
      ]),
    ),
  }
}

/** The engine writes the year 1 for "never". */
function isTime(text: string): boolean {
  return text !== '' && !text.startsWith('0001-')
}
