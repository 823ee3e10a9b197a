import { existsSync } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { mongoImage, type MongoServer } from '../test/support/mongoServer.js'
import { measure, type Measured } from './measure.js'
import { password, type Scene } from './scene.js'
import { surroundings } from './ways.js'

/** The version that `scripts/setup pbm` builds. */
const version = '2.11.0'
const programs = join(process.env['OPS_CACHE'] ?? '/var/cache/ops', 'pbm', version)

/** What is measured beside ops, as the page names it. */
export const peerName = `Percona Backup for MongoDB ${version}`

/** Percona's tool beside the server of a scene: its agent runs and waits, its store is a folder next to our shelf. */
export interface Peer {
  /** `pbm backup --wait`, of the whole instance, with the oplog of its time. */
  backup(): Promise<Measured>
  /** `pbm restore --wait` of the newest backup. */
  restore(): Promise<Measured>
  /** Size of the newest backup, in bytes: all its files. */
  backupBytes(): Promise<number>
  /** Its agent stands still: it asks the server for nothing while the others are measured. */
  pause(): Promise<void>
  /** Its agent goes on, and has reported since. */
  resume(): Promise<void>
  remove(): Promise<void>
}

/** Throws, saying what builds it, if the peer's programs are not on this machine. */
export function needPeer(): void {
  if (!existsSync(join(programs, 'pbm-agent')))
    throw new Error(`there is no ${programs}/pbm-agent: scripts/setup pbm builds it`)
}

/**
 * Starts the agent and waits until it takes commands; none of that is part of a figure.
 *
 * It runs where its documentation wants it, beside mongod: in a container from the database's own image, in the network
 * of the database's container. From the host it could not work, for it looks for the members of the replica set by the
 * names that they have there. Its commands go through `docker exec`, like the usual way's.
 */
export async function startPeer(scene: Scene): Promise<Peer> {
  await makeUser(scene.server)
  const store = join(scene.place.folder, 'peer')
  await mkdir(store)
  const agent = `${scene.server.container}-peer`
  const remove = async () => {
    await execa('docker', ['rm', '--force', '--volumes', agent], { reject: false })
  }
  const asked = (...argv: string[]) => execa('docker', ['exec', agent, '/pbm/pbm', ...argv])
  const measured = (...argv: string[]) =>
    measure('docker', ['exec', agent, '/pbm/pbm', ...argv, '--wait'], surroundings(scene))
  const newest = async () => {
    const { stdout } = await asked('list', '--out=json')
    const { snapshots } = JSON.parse(stdout) as { snapshots: { name: string; status: string }[] }
    const names = snapshots.filter(({ status }) => status === 'done').map(({ name }) => name)
    const name = names.toSorted().at(-1)
    if (name === undefined) throw new Error('the peer has no backup that it calls done')
    return name
  }
  // A command that meets the end of an earlier one is refused.
  const idle = () =>
    eventually('the peer is still busy', async () => {
      const { stdout } = await asked('status', '--sections=running', '--out=json')
      const { running } = JSON.parse(stdout) as { running: object }
      return Object.keys(running).length === 0
    })
  const reports = () =>
    eventually('the agent of the peer does not report', async () => {
      const { stdout } = await asked('status', '--sections=cluster', '--out=json')
      return stdout.includes('"ok":true')
    })
  try {
    await runAgent(agent, scene.server, store)
    await eventually('the agent of the peer takes no configuration', () => configured(agent))
    await reports()
  } catch (error) {
    await remove()
    throw error
  }
  let last = ''
  return {
    backup: async () => {
      await idle()
      const run = await measured('backup', '--compression=pgzip')
      last = await newest()
      return run
    },
    restore: async () => {
      await idle()
      return measured('restore', last)
    },
    backupBytes: () => bytesIn(join(store, last)),
    pause: async () => {
      await execa('docker', ['pause', agent])
    },
    resume: async () => {
      await execa('docker', ['unpause', agent])
      // What it reported before it was paused does not count: its next heartbeat comes within five seconds.
      await sleep(6_000)
      await reports()
    },
    remove,
  }
}

/** The user that its documentation asks for: `root` is not enough for its restore, which replaces users and roles. */
async function makeUser({ client }: MongoServer): Promise<void> {
  const admin = client.db('admin')
  await admin.command({
    createRole: 'pbmAnyAction',
    privileges: [{ resource: { anyResource: true }, actions: ['anyAction'] }],
    roles: [],
  })
  const roles = ['readWrite', 'backup', 'clusterMonitor', 'restore', 'pbmAnyAction']
  await admin.command({
    createUser: 'pbm',
    pwd: password,
    roles: roles.map((role) => ({ role, db: 'admin' })),
  })
}

async function runAgent(name: string, server: MongoServer, store: string): Promise<void> {
  const uri = `mongodb://pbm:${password}@127.0.0.1:27017/?authSource=admin&replicaSet=rs0`
  await execa('docker', [
    'run',
    ...['--detach', '--name', name, '--label', 'ops.test=bench'],
    ...['--network', `container:${server.container}`],
    // Its files are then those of whoever runs the bench, who removes them.
    ...['--user', `${String(process.getuid?.())}:${String(process.getgid?.())}`],
    ...['--volume', `${programs}:/pbm:ro`, '--volume', `${store}:/store`],
    // The image declares these as volumes.
    ...['--tmpfs', '/data/db', '--tmpfs', '/data/configdb'],
    ...['--env', 'HOME=/tmp', '--env', `PBM_MONGODB_URI=${uri}`],
    ...['--entrypoint', '/pbm/pbm-agent', mongoImage()],
  ])
}

async function configured(agent: string): Promise<boolean> {
  const input = 'storage: {type: filesystem, filesystem: {path: /store}}\n'
  const command = ['exec', '--interactive', agent, '/pbm/pbm', 'config', '--file=-', '--wait']
  const { exitCode } = await execa('docker', command, { input, reject: false })
  return exitCode === 0
}

/** Asks until it is so, for a minute. Throws with `otherwise` after that. */
async function eventually(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; !(await isSo()); asked++) {
    if (asked > 120) throw new Error(otherwise)
    await sleep(500)
  }
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
