import { Failure } from '../../src/domain/failure.js'
import type { Supplies } from '../../src/ports/supplies.js'

/** Images, volumes and networks in memory. What a registry has is in `registry`, what archives hold is a list of names. */
export class FakeSupplies implements Supplies {
  readonly registry = new Set<string>()
  readonly images = new Set<string>()
  readonly volumes = new Map<string, string>()
  readonly networks = new Set<string>()

  pullImage(name: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.registry.has(name)) return Promise.reject(notHad(name))
    this.images.add(name)
    return Promise.resolve()
  }

  async *saveImage(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    if (!this.images.has(name)) throw notHad(name)
    yield await Promise.resolve(Buffer.from(name))
  }

  async loadImage(archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const parts: Uint8Array[] = []
    for await (const chunk of archive) parts.push(chunk)
    this.images.add(Buffer.concat(parts).toString())
  }

  volumeMadeAt(name: string): Promise<string | undefined> {
    return Promise.resolve(this.volumes.get(name))
  }

  makeVolume(name: string): Promise<void> {
    if (!this.volumes.has(name)) this.volumes.set(name, '2026-11-21T13:02:04Z')
    return Promise.resolve()
  }

  hasNetwork(name: string): Promise<boolean> {
    return Promise.resolve(this.networks.has(name))
  }

  makeNetwork(name: string): Promise<void> {
    this.networks.add(name)
    return Promise.resolve()
  }
}

function notHad(name: string): Failure {
  return new Failure('not-found', 'IMAGE_NOT_HAD', `the image ${name} cannot be had`, ['look'])
}
