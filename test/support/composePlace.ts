import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { mongoImage } from './mongoServer.js'

/** A folder with a compose project in it, as an operator would have it. */
export interface ComposePlace {
  readonly folder: string
  readonly state: string
  write(name: string, text: string, mode?: number): Promise<void>
  /** Calls `docker compose` in the folder; throws where it fails. */
  compose(...argv: readonly string[]): Promise<string>
  /** The name of the container that runs a service. */
  container(service: string): Promise<string>
  /** Containers, networks, volumes and the folder, whatever state they are in. */
  remove(): Promise<void>
}

/** Makes a folder with these files. What its compose project starts must carry the label `ops.test`. */
export async function composePlace(
  prefix: string,
  files: Readonly<Record<string, string>>,
): Promise<ComposePlace> {
  const folder = await mkdtemp(join(tmpdir(), `ops-${prefix}-`))
  const state = join(folder, 'state')
  await mkdir(state, { mode: 0o700 })
  const write = async (name: string, text: string, mode = 0o644) => {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    await chmod(path, mode)
  }
  await write('.env', `OPS_MONGO_IMAGE=${mongoImage()}\n`, 0o600)
  for (const [name, text] of Object.entries(files)) await write(name, text)
  const docker = (argv: readonly string[]) =>
    execa('docker', argv, { cwd: folder, extendEnv: false, env: bareEnvironment() })
  return {
    folder,
    state,
    write,
    compose: async (...argv) => (await docker(['compose', ...argv])).stdout,
    async container(service) {
      const { stdout } = await docker(['compose', 'ps', '--format', '{{.Name}}', service])
      return stdout.trim()
    },
    async remove() {
      const down = ['compose', '--profile', '*', 'down', '--volumes', '--timeout', '1']
      await docker([...down, '--remove-orphans']).catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Nothing of the test's own environment may reach into a compose file (`OPS_MONGO_IMAGE`, `STACK_PREFIX`). */
function bareEnvironment(): Record<string, string> {
  const wanted = ['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT']
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
