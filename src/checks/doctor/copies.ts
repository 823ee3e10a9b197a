import type { Finding } from '../../domain/finding.js'
import type { PlaceEvidence, TargetEvidence } from './evidence.js'
import { blind, doubtful, fine, refused } from './finding.js'
import { seen } from './look.js'

/** Can a place for copies be reached and written to? */
export function judgePlace({ name, type, where, probe }: PlaceEvidence): Finding {
  const id = `copies.${name}`
  const what = `the place "${name}" for copies`
  if (probe.state === 'refused') return refused(id, `${what} cannot be used`, probe)
  if (probe.state === 'unseen') return blind(id, what, probe)
  const { because, doubts, elsewhere, freeBytes } = probe.facts
  const value = { type, elsewhere, ...(freeBytes === undefined ? {} : { freeBytes }) }
  const says = `${what} can be written to`
  if (doubts.length === 0) return fine(id, says, `${where}: ${because}`, value)
  return doubtful(id, { says, because: doubts.join('\n'), next: ['ops config show'], value })
}

/**
 * Does 3-2-1 hold for the newest good backup: three copies with the live data, on two media, one of them elsewhere? What
 * is not known to be on another medium counts as on the same. Without a good backup there is nothing to judge.
 */
export function judgeCopies(
  {
    name,
    catalog,
    shelf,
    dataDevices,
  }: Pick<TargetEvidence, 'name' | 'catalog' | 'shelf' | 'dataDevices'>,
  places: readonly PlaceEvidence[],
): readonly Finding[] {
  const newest = seen(catalog)?.newestGood
  if (!newest) return []
  const id = `${name}.copies`
  const good = places.filter(({ name: to }) =>
    newest.copies.some((copy) => copy.to === to && copy.state === 'ok'),
  )
  const copies = 2 + good.length
  const shelfMedium = mediumOf(seen(shelf)?.device)
  const data = seen(dataDevices) ?? []
  const media = new Set([
    shelfMedium,
    ...(data.length > 0 ? data.map(mediumOf) : [shelfMedium]),
    ...good.map((place) => placeMedium(place, shelfMedium)),
  ])
  const elsewhere = good.filter(({ probe }) => seen(probe)?.elsewhere === true)
  const value = { id: newest.id, copies, media: media.size, elsewhere: elsewhere.length }
  const counted = `${newest.id}: ${copies.toString()} copies with the live data, ${media.size.toString()} media, ${elsewhere.length.toString()} elsewhere`
  if (copies >= 3 && media.size >= 2 && elsewhere.length > 0)
    return [fine(id, '3-2-1 holds', counted, value)]
  return [
    doubtful(id, {
      says: '3-2-1 does not hold: three copies, on two media, one of them elsewhere',
      because: `${counted}${lacking(newest.copies, good, places)}`,
      next:
        places.length === 0
          ? ['backup.copies in ops.yaml']
          : good.length < places.length
            ? [`ops backup copy --target ${name}`]
            : ['backup.copies in ops.yaml: a place that survives the loss of this machine'],
      value,
    }),
  ]
}

function mediumOf(device: number | undefined): string {
  return device === undefined ? 'this machine' : `device ${device.toString()}`
}

/** A service is a medium of its own. A folder is one if its file system is known. */
function placeMedium({ name, type, probe }: PlaceEvidence, otherwise: string): string {
  if (type === 's3') return `place ${name}`
  const device = seen(probe)?.device
  return device === undefined ? otherwise : mediumOf(device)
}

function lacking(
  states: readonly { readonly to: string; readonly because?: string }[],
  good: readonly PlaceEvidence[],
  places: readonly PlaceEvidence[],
): string {
  return places
    .filter((place) => !good.includes(place))
    .map(({ name }) => {
      const why = states.find(({ to }) => to === name)?.because
      return `\nnot in ${name}${why === undefined ? '' : `: ${why}`}`
    })
    .join('')
}
