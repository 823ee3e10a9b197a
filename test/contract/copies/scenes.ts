import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { folderPlace } from '../../../src/adapters/copies/folderPlace.js'
import { s3Place } from '../../../src/adapters/copies/s3Place.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import type { CopyPlace } from '../../../src/ports/copies.js'
import type { Secrets } from '../../../src/ports/secrets.js'
import type { S3Server } from '../../support/s3Server.js'
import { FakePlace } from '../../fakes/copyPlace.js'

/** A place, and what can happen to what lies there behind its back. */
export interface PlaceScene {
  readonly place: CopyPlace
  /** Changes a byte in the middle of a copy's file. */
  readonly damage: (manifest: Manifest) => Promise<void>
  /** Removes a copy's file, and leaves its manifest. */
  readonly lose: (manifest: Manifest) => Promise<void>
  /** What lies beside a copy under that name, or with a leading slash above the folders of the targets. */
  readonly beside: (manifest: Manifest, name: string) => Promise<Buffer | undefined>
  /** Removes a copy's manifest, and leaves its file. */
  readonly loseManifest: (manifest: Manifest) => Promise<void>
  /** Leaves what a removal leaves that is killed right before the manifest goes. */
  readonly announceRemoval: (manifest: Manifest) => Promise<void>
  /** Leaves what a removal leaves that is killed right after the manifest is gone. */
  readonly cutOffRemoval: (manifest: Manifest) => Promise<void>
  remove(): Promise<void>
}

/** The same bytes with one of them changed. */
function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = Math.floor(copy.length / 2)
  copy[middle] = (copy[middle] ?? 0) ^ 1
  return copy
}

export function fakeScene(): Promise<PlaceScene> {
  const place = new FakePlace()
  return Promise.resolve({
    place,
    damage({ id }) {
      place.files.set(id, changed(place.files.get(id) ?? Buffer.alloc(0)))
      return Promise.resolve()
    },
    beside({ id, target }, name) {
      if (name.startsWith('oplog/'))
        return Promise.resolve(place.sliceFiles.get(`${target}/${name.slice('oplog/'.length)}`))
      const guide = name.startsWith('/') ? '' : target
      const found = name.endsWith('.tar') ? place.kits.get(id) : place.guides.get(guide)
      return Promise.resolve(found && Buffer.from(found))
    },
    lose({ id }) {
      place.files.delete(id)
      return Promise.resolve()
    },
    loseManifest({ id }) {
      place.manifests.delete(id)
      return Promise.resolve()
    },
    announceRemoval({ id, target }) {
      place.removing.set(id, target)
      return Promise.resolve()
    },
    cutOffRemoval({ id, target }) {
      place.removing.set(id, target)
      place.manifests.delete(id)
      return Promise.resolve()
    },
    remove: () => Promise.resolve(),
  })
}

export async function folderScene(): Promise<PlaceScene> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-copies-'))
  const file = ({ target, file: name }: Manifest) => join(folder, 'copies', target, name)
  const beside = ({ target, id }: Manifest, ending: string) =>
    join(folder, 'copies', target, `${id}${ending}`)
  const announceRemoval = (manifest: Manifest) => writeFile(beside(manifest, '.removing'), '')
  const loseManifest = (manifest: Manifest) => rm(beside(manifest, '.json'))
  const settings = {
    name: 'usb',
    type: 'directory' as const,
    path: join(folder, 'copies'),
    requireMount: false,
  }
  return {
    place: folderPlace(settings, join(folder, 'shelf')),
    async damage(manifest) {
      await writeFile(file(manifest), changed(await readFile(file(manifest))))
    },
    beside: ({ target }, name) =>
      readFile(join(folder, 'copies', name.startsWith('/') ? '' : target, name)).catch(
        () => undefined,
      ),
    lose: (manifest) => rm(file(manifest)),
    loseManifest,
    announceRemoval,
    async cutOffRemoval(manifest) {
      await announceRemoval(manifest)
      await loseManifest(manifest)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Hands out secrets that stand in the reference itself. */
export const plainSecrets: Secrets = {
  resolve: (reference) =>
    reference.from === 'value'
      ? Promise.resolve(reference.value)
      : Promise.reject(new Error('only plain values here')),
  resolveText: () => Promise.reject(new Error('no keys from here')),
}

/** Tried again at once: nobody waits in a test. */
export const impatient = { retries: 2, minTimeout: 1, maxTimeout: 5 }

/** A prefix of its own in the bucket of a real server. */
export function s3Scene(server: S3Server): Promise<PlaceScene> {
  const prefix = `${randomBytes(4).toString('hex')}/`
  const at = ({ target, file }: Manifest) => ({
    Bucket: server.bucket,
    Key: `${prefix}${target}/${file}`,
  })
  const beside = ({ target, id }: Manifest, ending: string) => ({
    Bucket: server.bucket,
    Key: `${prefix}${target}/${id}${ending}`,
  })
  const announceRemoval = async (manifest: Manifest) => {
    await server.client.putObject({ ...beside(manifest, '.removing'), Body: 'cut off' })
  }
  const loseManifest = async (manifest: Manifest) => {
    await server.client.deleteObject(beside(manifest, '.json'))
  }
  return Promise.resolve({
    place: s3Place(
      server.place({ prefix }),
      { secrets: plainSecrets, clock: machineClock },
      impatient,
    ),
    async damage(manifest) {
      const { Body } = await server.client.getObject(at(manifest))
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      await server.client.putObject({ ...at(manifest), Body: changed(bytes) })
    },
    beside: async ({ target }, name) => {
      const Key = name.startsWith('/') ? `${prefix}${name.slice(1)}` : `${prefix}${target}/${name}`
      const found = await server.client
        .getObject({ Bucket: server.bucket, Key })
        .catch(() => undefined)
      return found?.Body && Buffer.from(await found.Body.transformToByteArray())
    },
    async lose(manifest) {
      await server.client.deleteObject(at(manifest))
    },
    loseManifest,
    announceRemoval,
    async cutOffRemoval(manifest) {
      await announceRemoval(manifest)
      await loseManifest(manifest)
    },
    remove: () => Promise.resolve(),
  })
}
