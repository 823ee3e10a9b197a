import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { MongoClient } from 'mongodb'
import { canaryPassword, mongoImage } from './mongoServer.js'

/** A mongod on this machine, outside Docker, that asks for a sign-in. */
export interface MongodProcess {
  readonly port: number
  readonly client: MongoClient
  readonly username: string
  readonly password: string
  remove(): Promise<void>
}

const username = 'root user'

/** Takes mongod out of the image and starts it on loopback, with these further arguments. */
export async function startMongodProcess(more: readonly string[]): Promise<MongodProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-mongod-'))
  let child: ChildProcess | undefined
  const remove = async () => {
    if (child?.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const program = await mongodIn(folder)
    const port = await freePort()
    await mkdir(join(folder, 'data'))
    const own = [
      '--auth',
      '--bind_ip=127.0.0.1',
      `--port=${port.toString()}`,
      '--dbpath',
      join(folder, 'data'),
    ]
    child = spawn(program, [...own, '--wiredTigerCacheSizeGB=0.25', ...more], { stdio: 'ignore' })
    await first(port)
    const uri = `mongodb://${encodeURIComponent(username)}:${encodeURIComponent(canaryPassword)}@127.0.0.1:${port.toString()}/?authSource=admin&directConnection=true`
    const client = await new MongoClient(uri).connect()
    return {
      port,
      client,
      username,
      password: canaryPassword,
      async remove() {
        await client.close().catch(() => undefined)
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function mongodIn(folder: string): Promise<string> {
  const argv = ['create', '--label', 'ops.test=mongod', '--entrypoint', 'true', mongoImage()]
  const { stdout: id } = await execa('docker', argv)
  const { stdout: path } = await execa('docker', [
    'run',
    '--rm',
    '--label',
    'ops.test=mongod',
    '--entrypoint',
    'sh',
    mongoImage(),
    '-c',
    'readlink -f "$(command -v mongod)"',
  ])
  const program = join(folder, 'mongod')
  await execa('docker', ['cp', `${id}:${path}`, program])
  await execa('docker', ['rm', '--force', '--volumes', id])
  await chmod(program, 0o755)
  return program
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Makes the first user, which a mongod without any lets somebody on its own machine do. */
async function first(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new MongoClient(
      `mongodb://127.0.0.1:${port.toString()}/?directConnection=true`,
      {
        serverSelectionTimeoutMS: 1_000,
      },
    )
    try {
      await client
        .db('admin')
        .command({ createUser: username, pwd: canaryPassword, roles: ['root'] })
      return
    } catch (error) {
      if (attempt > 60) throw error
      await new Promise((resolve) => setTimeout(resolve, 300))
    } finally {
      await client.close()
    }
  }
}
