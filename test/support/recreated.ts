import { execa } from 'execa'
import { takesWrites } from './dataOf.js'
import { mongoImage, type MongoServer } from './mongoServer.js'

/**
 * Removes the container of a server and makes another one of the same name on the same data, as `compose up` does after a change;
 * waits until it takes writes. The clients that were open lose their server. `whileDown` comes to its end before there is another one.
 */
export async function recreate(
  server: Pick<MongoServer, 'container' | 'username' | 'password'>,
  whileDown: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { container } = server
  const before = `${container}-before`
  await execa('docker', ['stop', container])
  await whileDown()
  await execa('docker', ['rename', container, before])
  await execa('docker', [
    ...['run', '--detach', '--name', container, '--label', 'ops.test=server'],
    ...['--hostname', 'mongodb', '--volumes-from', before, '--tmpfs', '/data/configdb'],
    ...['--entrypoint', 'bash', mongoImage(), '/stack/start.sh', 'mongod', '--replSet=rs0'],
    ...['--keyFile=/data/configdb/replica.key', '--bind_ip_all', '--wiredTigerCacheSizeGB=0.5'],
  ])
  await execa('docker', ['rm', '--force', before])
  await takesWrites(server)
}
