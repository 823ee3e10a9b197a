import { Failure } from '../../../domain/failure.js'
import type { SplicedState } from '../../../archive/splice.js'
import type { Target } from '../../../domain/target.js'
import type { DataVolumeFacts } from '../../../ports/dataVolumes.js'
import type { World } from '../../../ports/world.js'
import { requireFitting } from '../../dataFiles/fitting.js'
import type { RestoreScene } from '../../dataFiles/scene.js'
import { openDataFiles, type DataFilesSource } from '../../dataFiles/source.js'
import { findMoment, type FoundMoment } from '../../moment/findMoment.js'
import { rehearseMoment } from '../../moment/rehearse.js'
import { rehearseFeed } from '../../restore/feed.js'
import { decideSelection, type Selection } from '../../restore/selection.js'
import { openSource, type Source } from '../../restore/source.js'
import { requireSameRelease } from '../../restore/versions.js'
import { requireFirstUser } from './freshServer.js'
import type { Way } from './ways.js'

/** A way whose files were read to their end, and of which everything that can be known beforehand is. */
export type OpenedWay = Way &
  (
    | { readonly kind: 'archive'; readonly source: Source; readonly selection: Selection }
    | {
        readonly kind: 'moment'
        readonly source: Source
        readonly moment: FoundMoment
        readonly expected: SplicedState
      }
    | { readonly kind: 'data files'; readonly source: DataFilesSource }
  )

/** Where it is to be put. */
export interface Destination {
  readonly target: Target
  readonly scene: RestoreScene
  readonly volume: DataVolumeFacts
}

/** Bytes left free on the volume: a server that finds its disk full stops. */
const reserve = 512 * 1024 * 1024

/** What a restored archive takes at most, against its uncompressed size: a third of it for indexes. */
const growth = 1.33

/**
 * Opens the first of these ways that can be taken; tells which were passed over, and why. Throws the first reason where
 * none can.
 */
export async function openFirst(
  ways: readonly Way[],
  destination: Destination,
  world: World,
  signal: AbortSignal,
): Promise<{ readonly way: OpenedWay; readonly passedOver: readonly string[] }> {
  const passedOver: string[] = []
  let first: Failure | undefined
  for (const way of ways) {
    try {
      return { way: await opened(way, destination, world, signal), passedOver }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      first ??= error
      passedOver.push(`${described(way)} is passed over: ${error.message}`)
    }
  }
  throw first ?? new Error('there is a way to be opened')
}

async function opened(
  way: Way,
  { target, scene, volume }: Destination,
  world: World,
  signal: AbortSignal,
): Promise<OpenedWay> {
  const { id } = way.entry.manifest
  if (way.kind === 'data files') {
    const source = await openDataFiles(way.entry, world.shelf(target), world.clock)
    requireFitting(source, scene, volume)
    return { ...way, kind: 'data files', source }
  }
  requireFirstUser(target, scene.container)
  const everything = withEverything(target)
  if (way.kind === 'moment' && way.wanted) {
    const moment = await findMoment(way.wanted, everything, world)
    requireSameRelease(moment.source.contents.serverVersion, volume.serverVersion)
    requireRoom(moment.source.contents.rawBytes, volume)
    const expected = await rehearseMoment(moment, world, signal)
    return { ...way, kind: 'moment', source: moment.source, moment, expected }
  }
  const source = await openSource({ kind: 'id', id }, target, world)
  requireSameRelease(source.contents.serverVersion, volume.serverVersion)
  requireRoom(source.contents.rawBytes, volume)
  const selection = decideSelection({}, everything, source.contents)
  await rehearseFeed({ target: everything, source, selection }, world, signal)
  return { ...way, kind: 'archive', source, selection }
}

/**
 * The target as the whole of its server: what lay in the damaged files beside the databases that it names has to come back as
 * well.
 */
export function withEverything(target: Target): Target {
  return { ...target, databases: [] }
}

/** The damaged files stay beside what comes. Throws `VOLUME_TOO_SMALL` (space). */
function requireRoom(rawBytes: number, { freeBytes }: DataVolumeFacts): void {
  const neededBytes = Math.ceil(rawBytes * growth) + reserve
  if (freeBytes >= neededBytes) return
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6).toString()
  throw new Failure(
    'space',
    'VOLUME_TOO_SMALL',
    `the data volume has ${megabytes(freeBytes)} MB free, and what is brought back needs up to ${megabytes(neededBytes)} MB beside the damaged files, which stay`,
    ['df -h', 'ops restore --forget-old'],
    { facts: { freeBytes, neededBytes } },
  )
}

/** A way in a few words. */
export function described({ kind, entry: { manifest }, wanted }: Way): string {
  if (kind === 'moment') return `${manifest.id} with slices up to ${wanted?.text ?? '?'}`
  return kind === 'archive' ? manifest.id : `${manifest.id} (data files)`
}
