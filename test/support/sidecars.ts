import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { OwnContainers } from '../../src/ports/ownContainers.js'
import type { startOps } from './cli.js'
import { until } from './waiting.js'

/** Ids of the running sidecars that one process made; `--all`: also of those that do not run. */
export async function sidecarsOf(pid: number | undefined, ...more: string[]): Promise<string[]> {
  const mine = `label=ops.owner.pid=${String(pid)}`
  const { stdout } = await execa('docker', ['ps', '--quiet', '--filter', mine, ...more])
  return stdout.split('\n').filter((line) => line !== '')
}

/** Folders of named pipes that one run of ops made. */
export async function pipesOf(pid: number | undefined): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`ops-pipe-${String(pid)}-`))
}

/** What is left of sidecars of this process: containers, and pipes in a folder. */
export async function leftOfSidecars(temporary: string): Promise<string[]> {
  return [...(await sidecarsOf(process.pid, '--all')), ...(await readdir(temporary))]
}

/** Until a tool runs in a sidecar of a process; gives the sidecar's id. */
export async function sidecarRunning(
  tool: 'mongodump' | 'mongorestore',
  pid: number | undefined,
  milliseconds: number,
): Promise<string> {
  let found = ''
  const runs = async () => {
    const [id = ''] = await sidecarsOf(pid)
    const top = ['top', id, '-eo', 'pid,comm']
    const { stdout } = await execa('docker', top, { reject: false })
    found = id
    return stdout.includes(tool)
  }
  expect(await until(runs, milliseconds)).toBe(true)
  return found
}

/** What a run of ops answers with `--json` where it failed. */
interface Answer {
  readonly error: { readonly code: string; readonly message: string }
}

/** Lets a run of ops come to where its tool runs in a sidecar, and stops it there: nobody reads on, or feeds. */
export async function standingStill(
  running: ReturnType<typeof startOps>,
  tool: 'mongodump' | 'mongorestore',
) {
  const sidecar = await sidecarRunning(tool, running.pid, 60_000)
  running.kill('SIGSTOP')
  await sleep(300)
  expect(await sidecarsOf(running.pid)).toEqual([sidecar])
  return {
    running,
    sidecar,
    goOn: async () => {
      running.kill('SIGCONT')
      const { exitCode, stdout } = await running
      return { exitCode, answer: JSON.parse(stdout) as Answer }
    },
  }
}

/** An engine that lives among other files: it mounts another folder than the one it is told. */
export function elsewhere(own: OwnContainers, folder: string): OwnContainers {
  return {
    ...own,
    start: ({ mounts = [], ...request }, ...rest) =>
      own.start(
        { ...request, mounts: mounts.map((mount) => ({ ...mount, source: folder })) },
        ...rest,
      ),
  }
}
