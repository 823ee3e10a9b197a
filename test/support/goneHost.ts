import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { SystemRecovery } from '../../src/procedures/dr/system/recoverSystem.js'
import type { CleanUp } from './cleanUp.js'
import { ops, type Ended } from './cli.js'
import { configureBackup } from './copiedPlace.js'
import { answerOf, type Answer } from './envelope.js'
import { clientOf, hashOf, loadPatients } from './mongoServer.js'
import {
  deskService,
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from './referenceStack.js'

/** The desk, with variables in a file of its own: all of it comes from a compose file that another one includes. */
const includedDesk = deskService.replace('    networks:', '    env_file: [desk.env]\n    networks:')

/** As whom ops signs in: a user with no more rights than it needs, whom only the backup knows. */
export const clerk = { name: 'ops', word: 'w@rd:/of?ops' }

/** Folders of a host that has nothing. */
export interface Bare {
  readonly folder: string
  readonly state: string
}

/** A hospital whose host is gone: what is left of it is a copy of its backups at a place. */
export interface GoneHost {
  /** Folder of the copies. */
  readonly place: string
  readonly container: string
  readonly volume: string
  /** The variables that no kit holds. */
  readonly secrets: Record<string, string>
  /** A host with nothing but the files that hold the sign-in of ops; `bare`: not even those. */
  bareHost(bare?: 'bare'): Promise<Bare>
  /** Takes away whatever of the stack is on the engine. */
  removeStack(): Promise<void>
  /** Arguments that rebuild it. */
  readonly recovery: readonly string[]
  recover(host: Bare, env?: Record<string, string>): Promise<Ended>
  hasVolume(): Promise<boolean>
  /** Nothing of the stack is on the engine: no container, no network. */
  isBare(): Promise<void>
  /** Holds the data against what was backed up. */
  isAsBefore(): Promise<void>
}

const docker = (...argv: string[]) => execa('docker', argv, { reject: false })

/** Runs the hospital, takes a backup that is copied to a place, and takes its host away. */
export async function goneHost(
  prefix: string,
  made: CleanUp,
  documents: number,
): Promise<GoneHost> {
  const container = `${prefix}_mongodb`
  const volume = `${prefix}_mongo_data`
  const secrets = {
    MONGO_ROOT_USERNAME: referenceSignIn.username,
    MONGO_ROOT_PASSWORD: referenceSignIn.password,
  }
  const temporary = async (name: string) =>
    made.made(await mkdtemp(join(tmpdir(), name)), (path) =>
      rm(path, { recursive: true, force: true }),
    )
  const place = await temporary('ops-place-')
  const removeStack = async () => {
    const label = `label=com.docker.compose.project=${prefix}`
    const { stdout } = await docker('ps', '--all', '--quiet', '--filter', label)
    const ids = stdout.split('\n').filter(Boolean)
    if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids)
    await docker('network', 'rm', `${prefix}_network`)
    await docker('volume', 'rm', '--force', volume)
  }
  made.made(prefix, removeStack)
  const stack = made.made(await referenceStack(prefix), (it) => it.remove())
  await addDesk(stack)
  await configureBackup(stack, [
    `copies: [{name: usb, type: directory, path: ${place}, requireMount: false}]`,
  ])
  answerOf(await ops(stack, ['stack', 'up', '--json']))
  const client = await clientOf(container, referenceSignIn)
  await loadPatients(client, documents)
  const roles = ['backup', 'restore', 'readWriteAnyDatabase', 'dbAdminAnyDatabase']
  await client.db('admin').command({ createUser: clerk.name, pwd: clerk.word, roles })
  await writeSecrets(stack.folder)
  const yaml = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
  const signIn = yaml
    .replace('compose: migration_app.MONGO_USERNAME', 'file: secrets/name')
    .replace('compose: migration_app.MONGO_PASSWORD', 'file: secrets/word')
  await stack.write('ops.yaml', signIn)
  answerOf(await ops(stack, ['backup', '--json']))
  // What is written behind the backup is in a slice of the oplog alone.
  const visits = client.db('medical_records').collection('visits')
  await visits.insertMany(Array.from({ length: 300 }, (_, at) => ({ at })))
  await client.db('medical_records').collection('healthcare_data').deleteOne({})
  answerOf(await ops(stack, ['pitr', 'slice', '--json']))
  answerOf(await ops(stack, ['backup', 'copy', '--json']))
  const hash = await hashOf(client)
  await client.close()
  await stack.remove()
  await removeStack()

  const recovery = ['dr', 'system', '--from', place, '--confirm', prefix, '--json']
  return {
    place,
    container,
    volume,
    secrets,
    removeStack,
    recovery,
    async bareHost(bare) {
      const around = await temporary('ops-gone-')
      const [folder, state] = [join(around, 'srv'), join(around, 'state')]
      await mkdir(folder)
      if (bare === undefined) await writeSecrets(folder)
      return { folder, state }
    },
    recover: (host, env = secrets) => ops(host, recovery, { env }),
    hasVolume: async () => (await docker('volume', 'inspect', volume)).exitCode === 0,
    async isBare() {
      const label = `label=com.docker.compose.project=${prefix}`
      for (const kind of ['container', 'network', 'volume']) {
        const all = kind === 'container' ? ['--all'] : []
        const { stdout } = await docker(kind, 'ls', ...all, '--quiet', '--filter', label)
        expect(stdout, kind).toBe('')
      }
    },
    async isAsBefore() {
      const now = await clientOf(container, referenceSignIn)
      try {
        expect(await hashOf(now)).toBe(hash)
      } finally {
        await now.close()
      }
    },
  }
}

/** Puts the service beside the server into the project. */
async function addDesk(stack: ReferenceStack): Promise<void> {
  const override = await readFile(join(stack.folder, 'docker-compose.override.yml'), 'utf8')
  await stack.write('docker-compose.override.yml', `include: [desk/desk.yml]\n${override}`)
  await stack.write('desk/desk.yml', includedDesk)
  await stack.write('desk/desk.env', 'GREETING=hello\n')
}

async function writeSecrets(folder: string): Promise<void> {
  await mkdir(join(folder, 'secrets'), { mode: 0o700 })
  for (const [name, value] of Object.entries(clerk))
    await writeFile(join(folder, 'secrets', name), value, { mode: 0o600 })
}

/** What a recovery answers that has brought back all but the folder that only a job writes to. */
export function recovered(ended: Ended): SystemRecovery {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(3)
  const { result } = JSON.parse(ended.stdout) as Answer<SystemRecovery>
  expect(result.missing).toMatchObject([{ what: 'file', name: 'records' }])
  expect(result.servers).toMatchObject([{ target: 'medical', primary: true, write: 'durable' }])
  expect(result.seconds).toBeLessThan(result.objectiveSeconds)
  return result
}
