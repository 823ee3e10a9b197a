import type { Optime } from '../contents.js'
import { Failure } from '../failure.js'
import { optimeText } from './optime.js'

/** A moment that a server is to be put back to. */
export interface WantedMoment {
  /** The last entry that may count. */
  readonly until: Optime
  /** As it was typed. */
  readonly text: string
}

/** Ordinals are unsigned numbers of 32 bits: no entry of a second comes after this one. */
const lastOrdinal = 0xffff_ffff

const latestSecond = 0xffff_ffff

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/**
 * The moment that a text names: RFC 3339 with its offset (`2026-11-21T14:02:04+01:00`), so long ago (`10m ago`), or one
 * entry of the oplog (`1795267324:3`: seconds since 1970 and its ordinal). An oplog tells seconds, not parts of them, so a
 * time means that second with everything in it. Throws `MOMENT_INVALID` (usage) for anything else, `MOMENT_FUTURE`
 * (not-found).
 */
export function wantedMoment(text: string, now: Date): WantedMoment {
  const trimmed = text.trim()
  const until = entry(trimmed) ?? ago(trimmed, now) ?? time(trimmed)
  if (until.seconds > now.getTime() / 1000) {
    throw new Failure(
      'not-found',
      'MOMENT_FUTURE',
      `${trimmed} lies in the future: it is ${now.toISOString()} now`,
      ['ops pitr status   (what can be reached)'],
      { facts: { until, now: now.toISOString() } },
    )
  }
  return { until, text: trimmed }
}

function entry(text: string): Optime | undefined {
  const [, seconds, ordinal] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? []
  const until = { seconds: Number(seconds), ordinal: Number(ordinal) }
  const isOne = until.seconds <= latestSecond && until.ordinal <= lastOrdinal
  return isOne ? until : undefined
}

function ago(text: string, now: Date): Optime | undefined {
  const [, number, unit = ''] = /^(\d{1,6})\s*([smhd])\s+ago$/.exec(text) ?? []
  const size = secondsIn[unit]
  if (number === undefined || size === undefined) return undefined
  return wholeSecond(Math.floor(now.getTime() / 1000) - Number(number) * size)
}

function time(text: string): Optime {
  const [, year, month, day, hour, minute, second, fraction, offset] = rfc3339.exec(text) ?? []
  if (year === undefined) {
    throw invalid(`"${text}" is neither a time with its offset, nor so long ago, nor an entry`)
  }
  const written = `${[year, month, day].join('-')}T${[hour, minute, second].join(':')}`
  if (offset === undefined) {
    throw invalid(`"${text}" says no offset: it would be another moment on another machine`, [
      `ops … --to-time ${written}Z   (if it is UTC)`,
    ])
  }
  const milliseconds = Date.parse(`${written}${offset.toUpperCase()}`)
  const plain = Date.parse(`${written}Z`)
  // JavaScript takes the 30th of February for the 2nd of March.
  const isReal = !Number.isNaN(plain) && new Date(plain).toISOString().startsWith(written)
  if (!isReal || !(milliseconds >= 0)) {
    throw invalid(`"${text}" is no time that there was`)
  }
  const seconds = milliseconds / 1000
  if (fraction !== undefined && Number(fraction) > 0) {
    const of = (moment: number) => new Date(moment * 1000).toISOString().replace('.000', '')
    throw invalid(
      `"${text}" lies within a second, and the oplog tells its entries apart by their order only: say whether that second counts`,
      [
        `ops … --to-time ${of(seconds - 1)}   (nothing of that second)`,
        `ops … --to-time ${of(seconds)}   (all of that second)`,
      ],
    )
  }
  return wholeSecond(seconds)
}

function wholeSecond(seconds: number): Optime {
  return { seconds, ordinal: lastOrdinal }
}

function invalid(says: string, next: readonly string[] = examples): Failure {
  return new Failure('usage', 'MOMENT_INVALID', says, next)
}

const examples = [
  'ops … --to-time 2026-11-21T14:02:04+01:00',
  "ops … --to-time '10m ago'",
  `ops … --to-time ${optimeText({ seconds: 1_795_267_324, ordinal: 3 })}   (up to this entry of the oplog)`,
]
