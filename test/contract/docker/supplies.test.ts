import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { dockerEngine } from '../../../src/adapters/docker/engine.js'
import { dockerSupplies } from '../../../src/adapters/docker/supplies.js'
import type { Supplies } from '../../../src/ports/supplies.js'
import { FakeSupplies } from '../../fakes/supplies.js'

const client = () => dockerClient({ environment: process.env, home: '/root' })
const real = dockerSupplies(client)
const engine = dockerEngine(client)
const { signal } = new AbortController()
const name = `opstest${randomBytes(4).toString('hex')}`
const image = `${name}:tiny`

beforeAll(async () => {
  // An image of nothing at all.
  await execa('docker', ['import', '-', image], { input: Buffer.alloc(1024) })
})
afterAll(async () => {
  const options = { reject: false }
  await execa('docker', ['image', 'rm', '--force', image], options)
  await execa('docker', ['volume', 'rm', '--force', name], options)
  await execa('docker', ['network', 'rm', name], options)
})

function fake(): FakeSupplies {
  const supplies = new FakeSupplies()
  supplies.images.add(image)
  return supplies
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000)
    yield await Promise.resolve(bytes.subarray(at, at + 1000))
}

async function saved(supplies: Supplies): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of supplies.saveImage(image, signal)) parts.push(chunk)
  return Buffer.concat(parts)
}

describe.each<[string, () => Supplies]>([
  ['in memory', fake],
  ['of the engine', () => real],
])('supplies %s', (_, make) => {
  test('hand out an image that can be taken in again', async () => {
    const supplies = make()
    const archive = await saved(supplies)
    expect(archive.length).toBeGreaterThan(0)
    await expect(supplies.loadImage(pieces(archive), signal)).resolves.toBeUndefined()
  })

  test('have no image that nobody has', async () => {
    const supplies = make()
    const missing = { code: 'IMAGE_NOT_HAD', exitCode: 10 }
    // A registry that nobody runs.
    await expect(supplies.pullImage('127.0.0.1:9/nothing:1', signal)).rejects.toMatchObject(missing)
    const reading = supplies.saveImage(`${name}:nothing`, signal)[Symbol.asyncIterator]()
    await expect(reading.next()).rejects.toMatchObject(missing)
  })

  test('make volumes and networks once', async () => {
    const supplies = make()
    expect(await supplies.volumeMadeAt(name)).toBeUndefined()
    expect(await supplies.hasNetwork(name)).toBe(false)
    await supplies.makeVolume(name)
    await supplies.makeVolume(name)
    await supplies.makeNetwork(name)
    expect(Date.parse((await supplies.volumeMadeAt(name)) ?? '')).toBeGreaterThan(1.7e12)
    expect(await supplies.hasNetwork(name)).toBe(true)
  })
})

test('an image that was removed is there again, under its name and with its id, once its archive is taken in', async () => {
  const before = await engine.image(image)
  const archive = await saved(real)
  await execa('docker', ['image', 'rm', image])
  expect(await engine.image(image)).toBeUndefined()
  await real.loadImage(pieces(archive), signal)
  expect((await engine.image(image))?.id).toBe(before?.id)
})

test('what is no archive of an image is not taken in, and a source that breaks says so itself', async () => {
  await expect(real.loadImage(pieces(Buffer.from('nothing')), signal)).rejects.toMatchObject({
    code: 'IMAGE_NOT_LOADED',
    exitCode: 1,
  })
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.alloc(100))
    throw new Error('the line broke')
  }
  await expect(real.loadImage(broken(), signal)).rejects.toThrow('the line broke')
})
