import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { DumpTools, ToolVersions } from '../../ports/tools.js'
import { startDump } from './dump.js'
import { runRestore } from './restore.js'
import { runTool } from './runTool.js'
import type { ToolHost } from './toolHost.js'

/** MongoDB's tools at one place, as `DumpTools`. The place is looked up anew each time: a container may have been recreated. */
export function dumpTools(
  name: DumpTools['name'],
  hostFor: (target: Target) => Promise<ToolHost>,
): DumpTools {
  return {
    name,
    versions: async (target) => toolVersions(await hostFor(target), target),
    dump: async (target, request, signal) => startDump(await hostFor(target), request, signal),
    restore: async (target, request, source, signal) =>
      runRestore(await hostFor(target), request, source, signal),
  }
}

async function toolVersions(host: ToolHost, target: Target): Promise<ToolVersions> {
  const [mongodump, mongorestore] = await Promise.all([
    versionOf(host, 'mongodump', target),
    versionOf(host, 'mongorestore', target),
  ])
  return { mongodump, mongorestore }
}

async function versionOf(host: ToolHost, tool: string, target: Target): Promise<string> {
  const { exitCode, output } = await runTool(host, [tool, '--version'])
  const version = /version:\s*v?(\S+)/.exec(output)?.[1]
  if (exitCode === 0 && version !== undefined) return version
  const where = host.name === 'exec' ? `in the container of "${target.name}"` : 'on this machine'
  throw new Failure(
    'environment',
    'TOOL_MISSING',
    `${tool} cannot be run ${where} (exit code ${exitCode.toString()})`,
    ['ops doctor', host.name === 'exec' ? 'ops backup --engine host' : 'ops backup --engine exec'],
  )
}
