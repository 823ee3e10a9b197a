import type { LostTimes, ReachedTimes, SliceStatus } from '../procedures/oplog/status.js'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { timelinePicture } from './pitrTimeline.js'
import { facts, table } from './table.js'

const verdicts = { ok: 'REACHABLE', warn: 'REACHABLE, WITH WARNINGS', fail: 'AT RISK' } as const

/** Which times can be restored to, drawn and in figures, and what is not as it should be. */
export function pitrStatusScreen(status: SliceStatus, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  const moods = { ok: good, warn: warning, fail: bad, unknown: warning }
  const findings = status.findings.flatMap(({ severity, says, because, next }) => [
    `  ${moods[severity](severity.padEnd(7))}  ${visible(says)}`,
    ...(because === '' ? [] : [`           ${visible(because)}`]),
    ...next.map((command) => `           → ${visible(command)}`),
  ])
  const { reaches, gaps } = status
  return [
    `${moods[status.verdict](verdicts[status.verdict])}  ${visible(status.target)}`,
    ...findings,
    '',
    facts(figures(status), canvas.columns),
    ...(reaches.length === 0 || !canvas.terminal ? [] : ['', timelinePicture(reaches, canvas)]),
    ...(reaches.length === 0 ? [] : ['', reachTable(reaches, canvas)]),
    ...(gaps.length === 0 ? [] : ['', gapTable(gaps, canvas)]),
    ...refusals(reaches),
  ].join('\n')
}

function figures({ lagSeconds, everySeconds, oplog, slices, folder, follower }: SliceStatus) {
  const lag = lagSeconds === undefined ? 'no slice yet' : duration(lagSeconds)
  const rows: (readonly [string, string])[] = [
    ['Lag', `${lag} (a slice every ${duration(everySeconds)})`],
  ]
  if (oplog.state === 'seen')
    rows.push([
      'Oplog',
      `holds ${duration(oplog.windowSeconds)}, since ${whole(oplog.oldest.time)}`,
    ])
  if (follower)
    rows.push([
      'Follower',
      `process ${follower.pid.toString()} on ${visible(follower.host)}, since ${whole(follower.since)}${follower.gone ? ', gone' : ''}`,
    ])
  rows.push(['Slices', `${counted(slices.count, 'file')}, ${bytes(slices.bytes)}, in ${folder}`])
  return rows
}

function reachTable(reaches: readonly ReachedTimes[], canvas: Canvas): string {
  const columns = [
    { title: 'Timeline', align: 'right' as const },
    { title: 'From' },
    { title: 'To' },
    { title: 'Bases', align: 'right' as const },
    { title: 'Slices', align: 'right' as const },
    { title: 'Size', align: 'right' as const },
  ]
  const rows = reaches.map((reach) => [
    reach.timeline?.toString() ?? '-',
    whole(reach.from.time),
    whole(reach.to.time),
    reach.bases.length.toString(),
    reach.slices.toString(),
    bytes(reach.bytes),
  ])
  return table(columns, rows, canvas)
}

function gapTable(gaps: readonly LostTimes[], canvas: Canvas): string {
  const columns = [
    { title: 'Gap behind timeline', align: 'right' as const },
    { title: 'After' },
    { title: 'Until' },
    { title: 'Why' },
  ]
  const rows = gaps.map(({ timeline, after, until, reason }) => [
    timeline.toString(),
    whole(after.time),
    until ? whole(until.time) : '-',
    reason,
  ])
  return table(columns, rows, canvas)
}

function refusals(reaches: readonly ReachedTimes[]): readonly string[] {
  const found = reaches.flatMap(({ refused, to }) => refused.map((one) => ({ ...one, to })))
  if (found.length === 0) return []
  const end = (until: string | undefined, to: string) =>
    until === undefined ? `to ${whole(to)}` : `until the backup of ${whole(until)}`
  return [
    '',
    ...found.map(
      ({ from, until, to, what }) =>
        `Cannot be restored: from ${whole(from.time)} ${end(until?.time, to.time)}: ${visible(what)}`,
    ),
  ]
}

/** Without the thousandths, which an oplog does not have. */
function whole(time: string): string {
  return time.replace(/\.000Z$/, 'Z')
}
