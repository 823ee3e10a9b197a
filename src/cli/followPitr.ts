import { unfitWords } from '../domain/oplog/unfit.js'
import type { Target } from '../domain/target.js'
import { followOplog, type Followed, type FollowEvent } from '../procedures/oplog/follow.js'
import { FollowerNotes } from '../procedures/oplog/followerNotes.js'
import { takeSlices } from '../procedures/oplog/takeSlices.js'
import { bringSlices } from '../procedures/copies/bringSlices.js'
import { sliceSecondsAt } from '../procedures/retention/examineShelf.js'
import type { World } from '../ports/world.js'
import { visible } from '../report/format/visible.js'
import { sliceText } from '../report/pitr.js'
import { warn, type Door } from './door.js'
import { retentionOf } from './retention.js'
import { gapText, neededText, takeBase, type PitrReading } from './pitr.js'

/** What `ops pitr start` answers when it was told to stop. */
export interface PitrFollowed extends Followed {
  readonly target: string
}

/** Milliseconds that a slice under way gets to end. Less than the 90 s after which systemd kills. */
const patience = 25_000

/**
 * Follows the oplog of a target until Ctrl-C or SIGTERM, which is how it is meant to end: that is no failure. The slice under
 * way is finished. Throws what the first round throws where it can never work.
 */
export async function followPitr(
  target: Target,
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<PitrFollowed> {
  const { signal } = door.interruption
  const ended = new AbortController()
  const late = lateSignal(signal, ended.signal, world)
  const request = {
    target,
    compression: reading.config.backup.compression,
    command: 'pitr start',
  }
  const context = {
    signal: late,
    warn: (text: string) => {
      warn(door, text)
    },
  }
  const notes = new FollowerNotes(world.slices(target), world)
  await notes.begin()
  const followed = await followOplog({
    slice: () => takeSlices(request, world, context),
    // Beside slices nothing is drawn: what is told of the base comes as lines of its own.
    takeBase: () => takeBase(target, reading, world, { ...door, quiet: true }),
    places: world.copies.map((place) => {
      const known = new Map<string, number>()
      const sliceSeconds = sliceSecondsAt(place.name, retentionOf(reading.config))
      const how = { known, sliceSeconds }
      return { name: place.name, bring: () => bringSlices(target, place, world, signal, how) }
    }),
    everySeconds: reading.config.pitr.everySeconds,
    clock: world.clock,
    signal,
    tell: (event) => {
      notes.hear(event)
      noteFollowed(event, target, door)
      tell(event, target, door)
    },
  }).finally(async () => {
    ended.abort()
    await notes.end()
  })
  return { target: target.name, ...followed }
}

/** Aborted some time after the other: for what is to be finished, but not for ever. */
function lateSignal(
  signal: AbortSignal,
  ended: AbortSignal,
  { clock }: Pick<World, 'clock'>,
): AbortSignal {
  const late = new AbortController()
  signal.addEventListener(
    'abort',
    () => {
      clock.sleep(patience, ended).then(
        () => {
          late.abort(signal.reason)
        },
        () => undefined,
      )
    },
    { once: true },
  )
  return late.signal
}

/** Slices come every minute: those that are as they should be are for whoever wants to see everything. */
function noteFollowed(event: FollowEvent, target: Target, { log }: Door): void {
  const level =
    event.kind === 'sliced'
      ? 'debug'
      : quiet.has(event.kind)
        ? ('info' as const)
        : ('warn' as const)
  const facts = 'failure' in event ? { code: event.failure.code } : {}
  log.note(level, event.kind, { target: target.name, ...facts })
}

const quiet: ReadonlySet<FollowEvent['kind']> = new Set([
  'base begun',
  'base taken',
  'copies go on',
  'recovered',
])

/** Trouble goes to standard error, also quietly; what goes well to standard output. */
function tell(event: FollowEvent, target: Target, door: Door): void {
  const say = (text: string) => {
    if (!door.json && !door.quiet) door.stdout.write(`${visible(text)}\n`)
  }
  switch (event.kind) {
    case 'sliced':
      if (event.taken.gap) door.notice(`! ${gapText(event.taken)}`)
      for (const slice of event.taken.slices) say(`slice  ${sliceText(slice)}`)
      for (const id of event.taken.bases) say(`base   ${id} lies on the timeline`)
      return
    case 'base begun':
      say(
        event.taken.baseNeeded?.why === 'no base'
          ? `base   needed: there is none that slices of ${target.name} could continue`
          : `base   needed: ${neededText(event.taken)}`,
      )
      return
    case 'base taken':
      say(`base   ${event.id} taken`)
      return
    case 'base failed': {
      const { code, message, kind } = event.failure
      if (kind === 'partial') door.notice(`! ${code}: ${message}`)
      else
        door.notice(`! ${code}: ${message}; another base is tried in ${event.seconds.toString()} s`)
      return
    }
    case 'base unfit': {
      const { id, reason } = event.unfit
      const then =
        event.seconds === undefined
          ? 'waiting for it'
          : `another one is taken in ${event.seconds.toString()} s`
      door.notice(`! ${id} is no base: ${unfitWords[reason]}; ${then}`)
      return
    }
    case 'trouble': {
      const { code, message } = event.failure
      door.notice(`! ${code}: ${message}; tried again from now on`)
      return
    }
    case 'copy failed':
      door.notice(
        `! ${event.failure.code}: no slices are brought to ${event.place}: ${event.failure.message}; tried again with each slice`,
      )
      return
    case 'copies go on':
      door.notice(`! slices are brought to ${event.place} again`)
      return
    case 'recovered':
      door.notice(`! slices are taken again, after ${event.after.toString()} s`)
  }
}
