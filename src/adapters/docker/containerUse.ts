import type { ContainerMeters, ContainerUse } from '../../ports/engine.js'
import { asking, isEngineAnswer, type DockerClient } from './client.js'

/** What the engine's stats call answers, as far as it is used here (moby, api/types StatsJSON). */
interface Stats {
  /** The container. */
  readonly id?: string
  /** When it was read. */
  readonly read?: string
  readonly cpu_stats: CpuStats
  readonly precpu_stats: CpuStats
  readonly memory_stats: MemoryStats
  readonly networks?: Readonly<
    Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>
  >
  readonly blkio_stats: {
    readonly io_service_bytes_recursive?:
      readonly { readonly op: string; readonly value: number }[] | null
  }
  readonly pids_stats: { readonly current?: number }
}

/** What it says of memory. */
export interface MemoryStats {
  readonly usage?: number
  readonly limit?: number
  readonly stats?: Readonly<Record<string, number>>
}

interface CpuStats {
  readonly cpu_usage: { readonly total_usage: number }
  readonly system_cpu_usage?: number
  readonly online_cpus?: number
}

/** One sample of a container's use (two readings a second apart, as `docker stats` does it); nothing if it does not run. */
export async function containerUse(
  client: DockerClient,
  name: string,
): Promise<ContainerUse | undefined> {
  const stats = await statsOf(client, name, false)
  return stats && useOf(name, stats)
}

/** What a container's meters stand at, read once (Engine API 1.41, `one-shot`); nothing if it does not run. */
export async function containerMeters(
  client: DockerClient,
  name: string,
): Promise<ContainerMeters | undefined> {
  const asked = new Date()
  const stats = await statsOf(client, name, true)
  if (!stats) return undefined
  const read = new Date(stats.read ?? '')
  return {
    name,
    id: (stats.id ?? name).slice(0, 12),
    // Of a container that has just ended the engine says year 1.
    at: (read.getUTCFullYear() > 2000 ? read : asked).toISOString(),
    cpuNanoseconds: stats.cpu_stats.cpu_usage.total_usage,
    memoryBytes: memoryBytes(stats.memory_stats),
    memoryLimitBytes: stats.memory_stats.limit ?? 0,
  }
}

async function statsOf(
  client: DockerClient,
  name: string,
  once: boolean,
): Promise<Stats | undefined> {
  try {
    const stats = (await asking(client, () =>
      client.docker
        .getContainer(name)
        .stats({ stream: false, ...(once ? { 'one-shot': true } : {}) }),
    )) as unknown as Stats
    return stats.memory_stats.usage === undefined ? undefined : stats
  } catch (error) {
    if (isEngineAnswer(error) && (error.statusCode === 404 || error.statusCode === 409))
      return undefined
    throw error
  }
}

function useOf(name: string, stats: Stats): ContainerUse {
  const networks = Object.values(stats.networks ?? {})
  const disk = stats.blkio_stats.io_service_bytes_recursive ?? []
  const sum = (op: string) =>
    disk.reduce((total, entry) => total + (entry.op.toLowerCase() === op ? entry.value : 0), 0)
  return {
    name,
    cpuPercent: cpuPercent(stats.cpu_stats, stats.precpu_stats),
    memoryBytes: memoryBytes(stats.memory_stats),
    memoryLimitBytes: stats.memory_stats.limit ?? 0,
    networkInBytes: networks.reduce((total, network) => total + network.rx_bytes, 0),
    networkOutBytes: networks.reduce((total, network) => total + network.tx_bytes, 0),
    blockReadBytes: sum('read'),
    blockWriteBytes: sum('write'),
    processes: stats.pids_stats.current ?? 0,
  }
}

/** Share of one core times 100, so that two busy cores read 200 (docker/cli, container/stats_helpers.go). */
function cpuPercent(now: CpuStats, before: CpuStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  return used > 0 && passed > 0 ? (used / passed) * (now.online_cpus ?? 1) * 100 : 0
}

/**
 * Memory that the kernel cannot take back when more is needed: without the pages of files, whether they were used a moment ago or
 * long ago, for they are on the disk as well. What of them is not written yet counts as used. A server that reads and writes much
 * fills all that its limit leaves it with such pages, and is well (kernel, Documentation/admin-guide/cgroup-v2.rst, "memory.stat";
 * the names that begin with `total_` are those of version 1).
 */
export function heldBytes(memory: MemoryStats): number {
  const usage = memory.usage ?? 0
  const sum = (...names: readonly string[]) =>
    names.reduce(
      (total, name) => total + (memory.stats?.[`total_${name}`] ?? memory.stats?.[name] ?? 0),
      0,
    )
  const ofFiles = sum('inactive_file', 'active_file')
  const unwritten = sum('dirty', 'file_dirty', 'writeback', 'file_writeback')
  return Math.max(0, usage - Math.max(0, ofFiles - unwritten))
}

/** Memory without the page cache, which the kernel gives back when it is needed (docker/cli, calculateMemUsageUnixNoCache). */
function memoryBytes(memory: MemoryStats): number {
  const usage = memory.usage ?? 0
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0
  return cache < usage ? usage - cache : usage
}
