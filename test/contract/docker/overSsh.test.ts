import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterEach, expect, test } from 'vitest'
import { asking, dockerClient } from '../../../src/adapters/docker/client.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer } from '../../support/mongoServer.js'

const made = cleanUp()
afterEach(() => made.all())

/** An engine behind ssh: `ssh` is a program that writes down what it was asked, and does `then`. */
async function behindSsh(then: string) {
  const folder = made.made(await mkdtemp(join(tmpdir(), 'ops-ssh-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  const asked = join(folder, 'asked')
  const lines = ['#!/bin/sh', `echo "$*" >> ${asked}`, then, '']
  await writeFile(join(folder, 'ssh'), lines.join('\n'))
  await chmod(join(folder, 'ssh'), 0o755)
  const environment = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    DOCKER_HOST: 'ssh://nurse@ward.example:2222',
  }
  return {
    client: await dockerClient({ environment, home: folder }),
    asked: () => readFile(asked, 'utf8'),
  }
}

/** What the other machine would run: without its address, and without the variable that leads there. */
const overThere = 'while [ "$1" != -- ]; do shift; done; shift 2; unset DOCKER_HOST; exec "$@"'

test('an engine behind ssh is asked through the ssh of this machine', async () => {
  const { client, asked } = await behindSsh(overThere)
  expect(await client.docker.ping()).toBeTruthy()
  expect(client.local).toBe(false)
  expect(await asked()).toBe(
    '-o ConnectTimeout=30 -o BatchMode=yes -T -l nurse -p 2222 -- ward.example docker system dial-stdio\n',
  )
})

test('what a program in a container is given comes back whole, byte for byte', async () => {
  const server = made.made(await startMongoServer(), (it) => it.remove())
  const { client } = await behindSsh(overThere)
  const exec = await client.docker
    .getContainer(server.container)
    .exec({ Cmd: ['wc', '--bytes'], AttachStdin: true, AttachStdout: true, Tty: false })
  const stream = await exec.start({ hijack: true, stdin: true })
  const heard: Buffer[] = []
  stream.on('data', (chunk: Buffer) => heard.push(chunk))
  stream.end(Buffer.alloc(3_000_000, 7))
  await new Promise((resolve) => stream.once('end', resolve))
  // Eight bytes before each piece say whose it is (the engine's API, "Attach to a container").
  expect(Buffer.concat(heard).subarray(8).toString()).toBe('3000000\n')
})

test('a program that ends by itself ends the stream on both sides', async () => {
  const server = made.made(await startMongoServer(), (it) => it.remove())
  const { client } = await behindSsh(overThere)
  const exec = await client.docker
    .getContainer(server.container)
    .exec({ Cmd: ['head', '--bytes', '3000000', '/dev/zero'], AttachStdout: true, Tty: false })
  const stream = await exec.start({ hijack: true, stdin: false })
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await finished(stream)
  expect(bytes).toBeGreaterThan(3_000_000)
})

test('what ssh says is the reason', async () => {
  const { client } = await behindSsh('echo "Host key verification failed." >&2; exit 255')
  await expect(asking(client, () => client.docker.ping())).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message:
      'the Docker engine does not answer at ssh://nurse@ward.example:2222: ssh: Host key verification failed.',
  })
})
