import type { Finding } from '../../domain/finding.js'
import { exposureOf, isSameState } from '../../domain/protection.js'
import { blind, broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { isAllSeen, seen } from '../doctor/look.js'
import { span } from '../doctor/words.js'
import type { Left, Promised, StatusTarget } from './evidence.js'

/** What the judgement goes by besides a target. */
export interface Yardstick {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly promised: Promised
}

/**
 * Would more be lost than was promised, were the server lost now, or this machine? No finding where there is no good backup at
 * all: that is one of its own.
 */
export function judgeExposure(target: StatusTarget, yardstick: Yardstick): readonly Finding[] {
  const places = target.places.flatMap(({ name, held }) =>
    held.state === 'seen'
      ? []
      : [blind(`${target.name}.copies.${name}`, `what is at ${name}`, held, ['ops backup list'])],
  )
  const { withoutServer, withoutHost } = target
  const server = withoutServer.newest ? [judgeServer(target, yardstick)] : judgeUnheld(target)
  const isWorse = !isSameState(withoutHost.newest, withoutServer.newest)
  const host = withoutServer.newest && isWorse ? judgeHost(target, yardstick) : []
  return [...places, ...server, ...host]
}

/** There are good backups, and each of them is of a part of the target alone. */
function judgeUnheld({ name, catalog, shelf, places }: StatusTarget): readonly Finding[] {
  const facts = seen(catalog)
  // What could not be looked at is told of, and so is that there is no good backup at all.
  if (!facts?.newestGood || !isAllSeen([shelf, ...places.map(({ held }) => held)])) return []
  const { unheld } = facts
  return [
    broken(`${name}.rpo`, {
      says: 'no good backup holds all of its databases',
      because:
        unheld.length > 0
          ? `in none: ${unheld.join(', ')}`
          : 'each of them is in one, and never all together',
      next: [`ops backup --target ${name}`],
      value: { unheld },
    }),
  ]
}

function judgeServer(target: StatusTarget, { at, promised }: Yardstick): Finding {
  const id = `${target.name}.rpo`
  const { newest, lost } = target.withoutServer
  const found = exposureOf(newest, seen(lost), at)
  const seconds = found.seconds ?? 0
  const value = { seconds, operations: found.operations }
  const says = `if its server were lost now: ${span(seconds)} of writes`
  if (seconds > promised.rpoSeconds) return missed(target, says, promised, value)
  const why = whyNotCounted(target.withoutServer)
  if (why !== undefined)
    return unknown(id, {
      says: 'how many writes would be lost now could not be counted',
      because: why,
      next: ['ops doctor'],
      value,
    })
  const ahead = judgeAhead(id, newest, at)
  return ahead ?? fine(id, says, `objectives.rpo promises ${span(promised.rpoSeconds)}`, value)
}

/** Clocks of two machines that are looked after differ by less than so many seconds. */
const mostAhead = 60

/** A state that comes from the future says nothing of how old it is. */
function judgeAhead(id: string, newest: Left['newest'], at: string): Finding | undefined {
  if (!newest) return undefined
  const seconds = Math.round((Date.parse(newest.at) - Date.parse(at)) / 1000)
  if (seconds <= mostAhead) return undefined
  return doubtful(id, {
    says: `the newest state that could be brought back is of ${newest.at}, ${span(seconds)} from now`,
    because: 'a clock is wrong, so how much would be lost now is not known',
    next: ['timedatectl status'],
    value: { aheadSeconds: seconds },
  })
}

function missed(
  { name, pointInTime }: StatusTarget,
  says: string,
  { rpoSeconds }: Promised,
  value: unknown,
): Finding {
  const promise = `objectives.rpo promises ${span(rpoSeconds)}`
  const [why, next] = pointInTime
    ? ['the slices of the oplog do not reach nearer', ['ops pitr status', 'ops pitr start']]
    : [
        'backups alone protect it: point-in-time recovery is off',
        ['pitr: {enabled: true}   (in ops.yaml)', `ops backup --target ${name}`],
      ]
  return broken(`${name}.rpo`, { says, because: `${promise}; ${why}`, next, value })
}

function judgeHost(target: StatusTarget, { at, promised }: Yardstick): readonly Finding[] {
  const { name, places, withoutHost } = target
  const id = `${name}.host`
  const what = 'if this machine were lost now'
  if (places.length === 0)
    return [
      doubtful(id, {
        says: `${what}: everything, for no copy is kept elsewhere`,
        next: ['backup.copies in ops.yaml'],
      }),
    ]
  const next = [`ops backup copy --target ${name}`, 'ops backup list']
  if (!withoutHost.newest) {
    // What could not be looked at is told of; nobody knows that nothing is there.
    if (places.some(({ held }) => held.state !== 'seen')) return []
    return [
      broken(id, {
        says: `${what}: everything, for none of the places has a good copy`,
        because: places.map((place) => place.name).join(', '),
        next,
      }),
    ]
  }
  const { operations, seconds: age } = exposureOf(withoutHost.newest, seen(withoutHost.lost), at)
  const seconds = age ?? 0
  const value = { seconds, operations }
  const says = `${what}: ${span(seconds)} of writes`
  const promise = `objectives.rpo promises ${span(promised.rpoSeconds)}`
  const from = `the newest copy elsewhere is of ${withoutHost.newest.id}`
  if (seconds <= promised.rpoSeconds)
    return [judgeAhead(id, withoutHost.newest, at) ?? fine(id, says, promise, value)]
  return [broken(id, { says, because: `${promise}; ${from}`, next, value })]
}

/** Nothing to explain on a standalone, which has nothing to count from. */
function whyNotCounted({ lost }: Left): string | undefined {
  if (lost.state === 'refused') return lost.message
  if (lost.state === 'unseen') return lost.because
  return lost.facts?.notCounted ?? undefined
}
