import type { Manifest } from '../../../src/domain/manifest.js'
import type { Acceptable } from '../../../src/domain/retention/alarm.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import type { RetentionSettings } from '../../../src/procedures/retention/examineShelf.js'
import { prune } from '../../../src/procedures/retention/prune.js'
import { manifestFor } from '../../fakes/manifest.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { day, nothing } from './series.js'

const bytes = Buffer.from('an archive')

/** Settings with a policy, in UTC, with a trash of a week. */
export function settings(
  policy: Partial<RetentionPolicy>,
): RetentionSettings & { readonly policy: RetentionPolicy } {
  return {
    policy: { ...nothing, ...policy },
    timeZone: 'UTC',
    trashSeconds: 7 * 86_400,
    neededBy: () => () => [],
  }
}

/** A world whose shelf has a good backup of each of so many last days; the first id is the newest. */
export function shelfScene(days: number) {
  const all = fakeWorld()
  const put = (id: string, changes: Partial<Manifest>) => {
    const manifest = manifestFor(id, bytes, { collections: {}, ...changes })
    all.shelf.manifests.set(id, manifest)
    all.shelf.files.set(`${all.shelf.folder}/${manifest.file}`, bytes)
    return id
  }
  const now = all.clock.now().getTime()
  const ids = Array.from({ length: days }, (_, ago) => {
    const at = new Date(now - ago * day - 3_600_000)
    const second = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
    return put(`medical-${second}Z`, { takenAt: at.toISOString(), sequence: days - ago })
  })
  const listed = async () => (await all.shelf.list()).map(({ manifest }) => manifest.id)
  return { ...all, ids, put, listed }
}

/** The plan of a prune of the scene's shelf, as an operator asks for it. */
export const pruning = (
  scene: ReturnType<typeof shelfScene>,
  policy: Partial<RetentionPolicy>,
  accept: readonly Acceptable[] = [],
  emptyTrash = false,
) =>
  prune.plan(
    { target: medical, retention: settings(policy), accept, emptyTrash, command: 'backup prune' },
    scene.world,
  )
