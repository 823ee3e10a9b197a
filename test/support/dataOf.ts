import { execa } from 'execa'
import type { MongoClient } from 'mongodb'
import { clientOf, mongoImage, type MongoServer } from './mongoServer.js'

type Stopped = Pick<MongoServer, 'container' | 'username' | 'password'>

/** Runs a command on the data of a server that is stopped meanwhile; `/old` is a volume of the test's own. */
export async function onDataOf(
  { container }: Stopped,
  volume: string,
  command: string,
): Promise<void> {
  await execa('docker', ['stop', container])
  await execa('docker', [
    ...['run', '--rm', '--label', 'ops.test=data', '--volumes-from', container],
    ...['--volume', `${volume}:/old`, '--entrypoint', 'bash', mongoImage(), '-c', command],
  ])
  await execa('docker', ['start', container])
}

/** Starts a mongod without a replica set on the data of a server that is stopped meanwhile. */
export async function standaloneOn(
  { container, username, password }: Stopped,
  work: (client: MongoClient) => Promise<unknown>,
): Promise<void> {
  const alone = `${container}-alone`
  await execa('docker', ['stop', container])
  try {
    await execa('docker', [
      ...['run', '--detach', '--name', alone, '--label', 'ops.test=data', '--hostname', 'mongodb'],
      ...['--volumes-from', container, '--entrypoint', 'bash', mongoImage()],
      ...['/stack/start.sh', 'mongod', '--bind_ip_all', '--wiredTigerCacheSizeGB=0.5'],
    ])
    const client = await clientOf(alone, { username, password })
    await work(client).finally(() => client.close())
    await execa('docker', ['stop', alone])
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', alone], { reject: false })
    await execa('docker', ['start', container])
  }
}

/** Waits until a server takes writes again after a start. */
export async function takesWrites({ container, username, password }: Stopped): Promise<void> {
  const client = await clientOf(container, { username, password })
  try {
    for (;;) {
      const hello = await client.db('admin').command({ hello: 1 })
      if (hello['isWritablePrimary'] === true) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await client.close()
  }
}
