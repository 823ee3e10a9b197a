import { isAfter } from '../../../domain/oplog/optime.js'
import type { SliceHoldings } from '../../../ports/slices.js'
import type { OpenArchive } from './openArchives.js'
import { isBehind } from './replay.js'
import type { Missing, SystemRequest } from './request.js'

/** The slices of the oplog at the place that lie behind what comes back: what is in them is lost, and why is said. */
export async function slicesBehind(
  { target: { name }, manifest, replay, asOf }: OpenArchive,
  { slices, unreadable }: SliceHoldings,
  because: readonly string[],
  { place, signal }: Pick<SystemRequest, 'place' | 'signal'>,
): Promise<readonly Missing[]> {
  const files = [...(await place.slices(name, signal)).keys()]
  const known = new Set(slices.map(({ manifest: { file } }) => file))
  // A slice without a paper says nothing of what is in it.
  const nameless = files.filter((file) => /\.oplog\..*(?<!\.json)$/.test(file) && !known.has(file))
  const until = replay?.moment.until
  const behind = slices.filter(({ manifest: { end } }) =>
    until ? isAfter(end.at, until) : isBehind(end.at, manifest),
  )
  const count = behind.length + nameless.length
  if (count === 0) return []
  const reasons = [
    ...because,
    ...unreadable.map(({ file, reason }) => `${file} cannot be read: ${reason}`),
    ...(nameless.length > 0 ? [`${nameless.join(', ')}: no paper says what it is`] : []),
  ]
  const why = reasons.length > 0 ? reasons.join('; ') : 'they do not continue what comes back'
  return [
    {
      what: 'oplog',
      name,
      because: `${count.toString()} slices of the oplog in ${place.where} are not replayed (${why}): what was written after ${asOf.toISOString()} is not back`,
      next: [
        `ops restore --to-time TIME --target ${name} --from PLACE   (a name in backup.copies)`,
        'ops pitr status',
      ],
    },
  ]
}
