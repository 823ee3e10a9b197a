import { Failure } from '../../../src/domain/failure.js'
import type { Manifest } from '../../../src/domain/manifest.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { settings, shelfScene } from './scene.js'
import { nothing } from './series.js'

export const gone = new Failure('environment', 'COPY_UNREACHABLE', 'nobody listens there', ['look'])

/** A shelf with a good backup of each of so many last days, all of them copied to two places. */
export function hospital(days: number) {
  const scene = shelfScene(days)
  const [usb, offsite] = [new FakePlace('usb'), new FakePlace('offsite')]
  const at = '2026-11-21T13:02:04.000Z'
  const copied = (id: string, changes: Partial<Manifest> = {}) => {
    const found = scene.shelf.manifests.get(id)
    if (!found) throw new Error(`there is no ${id}`)
    for (const place of [usb, offsite]) {
      place.manifests.set(id, { ...found, ...changes })
      place.files.set(id, Buffer.from('an archive'))
    }
    const copies = [usb, offsite].map(({ name }) => ({ to: name, state: 'ok' as const, at }))
    scene.shelf.manifests.set(id, { ...found, copies })
  }
  for (const id of scene.ids) copied(id)
  const world = { ...scene.world, copies: [usb, offsite] }
  const states = async (id = '') =>
    (await scene.shelf.manifest(id))?.copies?.map(({ to, state }) => `${to} ${state}`)
  const note = (id: string, copies: Manifest['copies']) => {
    const found = scene.shelf.manifests.get(id)
    if (found) scene.shelf.manifests.set(id, { ...found, copies: copies ?? [] })
  }
  return { ...scene, usb, offsite, world, copied, states, note }
}

export type Hospital = ReturnType<typeof hospital>

export const placed = (own: Partial<RetentionPolicy>, ofPlace = own) => ({
  ...settings(own),
  policyAt: () => ({ ...nothing, ...ofPlace }),
})

export const inPlace = (place: FakePlace) => [...place.manifests.keys()]
