import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import type { MongoServer } from './mongoServer.js'

const program = join(import.meta.dirname, '../../bin/run.js')

/** A folder with an ops.yaml of its own, as an operator would have it. */
export interface Place {
  readonly folder: string
  readonly shelf: string
  readonly state: string
  remove(): Promise<void>
}

/** Makes a place whose one target is this server; the password lies in a file that only the owner may read. */
export async function placeFor(
  server: Pick<MongoServer, 'container' | 'username' | 'password'>,
  changes = '',
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-place-'))
  const state = join(folder, 'state')
  await mkdir(state)
  await writeFile(join(folder, 'password'), `${server.password}\n`, { mode: 0o600 })
  const yaml = `version: 1
name: hospital
targets:
  medical:
    container: ${server.container}
    databases: [medical_records]
    credentials:
      username: ${JSON.stringify(server.username)}
      password: {file: password}
      authSource: admin
backup:
  shelf: ./shelf
pitr: {enabled: true}
${changes}`
  await writeFile(join(folder, 'ops.yaml'), yaml, { mode: 0o600 })
  return {
    folder,
    state,
    shelf: join(folder, 'shelf/medical'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** How a run ended. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** How a run differs from the usual one. */
export interface RunOptions {
  readonly input?: Buffer
  /** Standard input stays open; the test writes to it. */
  readonly open?: boolean
  readonly env?: Record<string, string>
  /** Program and arguments that start it: `setpriv`, with fewer rights than the test has. */
  readonly through?: readonly string[]
}

/** Starts the built command in a place, with an environment as bare as cron's, and no terminal. */
export function startOps(
  { folder, state }: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  options: RunOptions = {},
) {
  const [file = '', ...given] = [...(options.through ?? []), process.execPath, program, ...argv]
  return execa(file, given, {
    cwd: folder,
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, OPS_STATE: state, ...options.env },
    reject: false,
    ...(options.input
      ? { input: options.input }
      : { stdin: options.open === true ? ('pipe' as const) : ('ignore' as const) }),
  }) as ResultPromise<{ reject: false }>
}

/** Runs the built command to its end. */
export async function ops(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { exitCode, stdout, stderr, signal } = await startOps(place, argv, options)
  return { exitCode: exitCode ?? (signal === 'SIGKILL' ? 137 : -1), stdout, stderr }
}
