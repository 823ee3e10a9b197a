import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'

const run = promisify(execFile)
const image = process.env['OPS_MONGO_IMAGE'] ?? 'ops-mongo:6.0.5'

/** A mongod of its own, in a container, on a free port of the loopback. */
export interface Server {
  readonly uri: string
  readonly client: MongoClient
  stop(): Promise<void>
}

/** Starts a one-member replica set; `parameters` are passed as `--setParameter`. */
export async function startServer(parameters: readonly string[] = []): Promise<Server> {
  const flags = parameters.flatMap((parameter) => ['--setParameter', parameter])
  const { stdout: id } = await run('docker', [
    ...['run', '--detach', '--rm', '--label', 'ops.test=archive'],
    ...['--publish', '127.0.0.1::27017', '--tmpfs', '/data/db', image],
    ...['mongod', '--replSet', 'rs0', '--bind_ip_all', ...flags],
  ])
  const container = id.trim()
  const remove = () => run('docker', ['rm', '--force', '--volumes', container])
  try {
    const { stdout } = await run('docker', ['port', container, '27017/tcp'])
    const uri = `mongodb://${stdout.trim().split('\n')[0] ?? ''}/?directConnection=true`
    const client = await connect(uri)
    const members = [{ _id: 0, host: '127.0.0.1:27017' }]
    await client.db('admin').command({ replSetInitiate: { _id: 'rs0', members } })
    await until(async () => {
      const hello = await client.db('admin').command({ hello: 1 })
      return hello['isWritablePrimary'] === true
    })
    return {
      uri,
      client,
      stop: async () => {
        await client.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function connect(uri: string): Promise<MongoClient> {
  let client: MongoClient | undefined
  await until(async () => {
    const fresh = new MongoClient(uri, { serverSelectionTimeoutMS: 1000 })
    try {
      client = await fresh.connect()
      return true
    } catch {
      await fresh.close()
      return false
    }
  })
  if (!client) throw new Error('no connection')
  return client
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('waited for too long')
}
