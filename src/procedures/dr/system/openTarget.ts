import type { Manifest } from '../../../domain/manifest.js'
import { secondOf } from '../../../domain/oplog/optime.js'
import type { Target } from '../../../domain/target.js'
import type { SliceHoldings } from '../../../ports/slices.js'
import type { World } from '../../../ports/world.js'
import { openNewest, type OpenArchive } from './openArchives.js'
import { newestReplay } from './replay.js'
import type { Missing, SystemRequest } from './request.js'
import { slicesBehind } from './slicesBehind.js'

/** What a target is brought back from, and what of it lies at the place and cannot be. */
export interface OpenTarget {
  readonly archive: OpenArchive
  readonly missing: readonly Missing[]
}

/**
 * Opens what brings a target back to its newest moment: the newest archive, or a base with the slices behind it where these reach
 * further. Throws what `openNewest` and `newestReplay` throw.
 */
export async function openTarget(
  target: Target,
  request: SystemRequest,
  world: World,
  notes: string[],
): Promise<OpenTarget> {
  const { place, found, signal } = request
  const manifests = found.backups[target.name] ?? []
  const holdings = await place.sliceHoldings(target.name, signal)
  const because: string[] = []
  const behind = (newest: readonly Manifest[]) =>
    replayed(target, newest, holdings, request, world, { because, notes })
  const told = async (archive: OpenArchive): Promise<OpenTarget> => ({
    archive,
    missing: await slicesBehind(archive, holdings, because, request),
  })
  const first = await behind(manifests)
  if (first) return told(first)
  const archive = await openNewest(target, manifests, request, notes)
  const at = manifests.indexOf(archive.manifest)
  // A newer one was passed over: slices may reach to it, and beyond what is left.
  const instead = at > 0 ? await behind(manifests.slice(at)) : undefined
  if (!instead) return told(archive)
  await archive.discard()
  return told(instead)
}

/** A base and the slices behind it, where they reach further than the first of these archives. */
async function replayed(
  target: Target,
  manifests: readonly Manifest[],
  holdings: SliceHoldings,
  request: SystemRequest,
  world: World,
  { because, notes }: { readonly because: string[]; readonly notes: string[] },
): Promise<OpenArchive | undefined> {
  if (!request.replay) {
    because.push('the backup alone was asked for')
    return undefined
  }
  const found = await newestReplay(target, holdings, manifests, request, world)
  because.push(...found.because)
  const { replay } = found
  const manifest = replay?.moment.source.manifest
  if (!replay || !manifest) return undefined
  const { moment } = replay
  notes.push(...moment.passedOver)
  return {
    target,
    manifest,
    source: moment.source,
    replay,
    asOf: secondOf(moment.until),
    discard: async () => moment.discard?.(),
  }
}
