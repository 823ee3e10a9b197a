import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execa } from 'execa'
import { afterEach, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import type { OwnContainerRequest } from '../../../src/ports/ownContainers.js'
import { mongoImage } from '../../support/mongoServer.js'
import { cleanUp } from '../../support/cleanUp.js'

const made = cleanUp()
afterEach(() => made.all())

const client = () =>
  dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
const host = machineHost('0.1.0')
const containers = ownContainers(client, host)
const never = new AbortController().signal

const request = (argv: readonly string[], changes: Partial<OwnContainerRequest> = {}) => ({
  purpose: 'sidecar' as const,
  target: 'medical',
  image: mongoImage(),
  argv,
  network: { kind: 'none' as const },
  readOnlyRoot: true,
  ...changes,
})

async function start(argv: readonly string[], changes: Partial<OwnContainerRequest> = {}) {
  const said: Uint8Array[] = []
  const container = await containers.start(
    request(argv, changes),
    (chunk) => said.push(chunk),
    never,
  )
  made.made(container, (one) => one.remove())
  return { container, said: () => Buffer.concat(said).toString() }
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}

const exists = async (name: string) =>
  (await execa('docker', ['inspect', name], { reject: false })).exitCode === 0

describe('a container of ours', () => {
  test('takes its input, gives its output, says what it complains of, and how it left', async () => {
    const { container, said } = await start(['sh', '-c', 'cat; echo complaint >&2; exit 7'])
    container.stdin.end('hello')
    expect(await read(container.stdout)).toBe('hello')
    expect(said()).toBe('complaint\n')
    expect(await container.ended()).toEqual({ exitCode: 7, outOfMemory: false })
  })

  test('may not write to its root, has no network and no capabilities', async () => {
    const { container } = await start([
      'sh',
      '-c',
      'touch /here 2>/dev/null || echo read-only; ls /sys/class/net; grep CapEff /proc/self/status',
    ])
    container.stdin.end()
    const output = await read(container.stdout)
    expect(output).toContain('read-only')
    expect(output).toContain('lo')
    expect(output).not.toContain('eth')
    expect(output).toMatch(/CapEff:\s+0000000000000000/)
  })

  test('that needs more memory than it may have is said to have run out of it', async () => {
    const eat = 'a=x; while :; do a=$a$a; done'
    const { container } = await start(['sh', '-c', eat], { memoryBytes: 32 * 1024 * 1024 })
    container.stdin.end()
    expect(await container.ended()).toMatchObject({ exitCode: 137 })
  })

  test('is gone after its removal, which may be asked for twice', async () => {
    const { container } = await start(['sleep', '60'])
    await container.remove()
    await container.remove()
    expect(await exists(container.name)).toBe(false)
    expect(await container.ended()).toEqual({ exitCode: 137, outOfMemory: false })
  })

  test('is gone for whoever asks for its removal while it is being removed', async () => {
    const { container } = await start(['sleep', '60'])
    const first = container.remove()
    await container.remove()
    expect(await exists(container.name)).toBe(false)
    await first
  })

  test('that cannot be started leaves nothing and says why', async () => {
    await expect(
      containers.start(request(['/no/such/program']), () => undefined, never),
    ).rejects.toMatchObject({ code: 'OWN_CONTAINER_FAILED', kind: 'environment' })
    const mine = ['--filter', `label=ops.owner.pid=${host.pid.toString()}`]
    expect((await execa('docker', ['ps', '--all', '--quiet', ...mine])).stdout).toBe('')
  })
})

describe('what killed runs left', () => {
  test('is removed where their process is gone, and left alone while it runs', async () => {
    const other = spawn('sleep', ['60'])
    const theirs = ownContainers(client, { ...host, pid: other.pid ?? 0 })
    const left = await theirs.start(request(['sleep', '60']), () => undefined, never)
    made.made(left, (one) => one.remove())
    const mine = await start(['sleep', '60'])

    expect(await containers.sweep()).not.toContain(left.name)
    expect(await exists(left.name)).toBe(true)
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(await containers.sweep()).toContain(left.name)
    expect(await exists(left.name)).toBe(false)
    expect(await exists(mine.container.name)).toBe(true)
  })

  test('on another machine is not touched: nothing can be known of its process', async () => {
    const elsewhere = ownContainers(client, { ...host, name: 'other-host', pid: 2 ** 22 + 7 })
    const left = await elsewhere.start(request(['sleep', '60']), () => undefined, never)
    made.made(left, (one) => one.remove())
    expect(await containers.sweep()).not.toContain(left.name)
    expect(await exists(left.name)).toBe(true)
  })
})
