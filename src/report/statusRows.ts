import { forecastText, inUnit } from '../domain/forecast.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { sparkline } from './format/sparkline.js'
import { relative } from './format/times.js'
import { visible } from './format/visible.js'
import type { DrawnLoss, DrawnStatus } from './statusDrawn.js'

type Rows = readonly (readonly [label: string, text: string])[]

/** What is said line by line: services, backups, losses, recovery, room, what is next. */
export function statusRows(status: DrawnStatus, canvas: Canvas): Rows {
  const { services, targets, objectives, disk, next } = status
  const many = targets.length > 1
  const of = (target: string) => (many ? `${visible(target)}: ` : '')
  return [
    ...(services.length === 0 ? [] : [['Services', servicesText(services)] as const]),
    ...targets.map((one) => ['Backup', of(one.target) + backupText(one, canvas)] as const),
    ...targets.flatMap((one) =>
      one.days.length === 0 ? [] : [['Days', of(one.target) + daysText(one.days)] as const],
    ),
    ...targets.flatMap((one) =>
      lossTexts(one, objectives.rpoSeconds).map(
        (text) => ['Lost now', of(one.target) + text] as const,
      ),
    ),
    ...targets.map(
      ({ target, rto }) =>
        ['Recovery', of(target) + forecastText(rto ?? undefined, objectives.rtoSeconds)] as const,
    ),
    ...disk.map(
      ({ path, freeBytes, neededBytes, filling }) =>
        [
          'Disk',
          `${visible(path)}: ${bytes(freeBytes)} free, the next backups need ${bytes(neededBytes)}${fillingText(filling)}`,
        ] as const,
    ),
    ...(next.length === 0 ? [] : [['Next', nextText(status, canvas)] as const]),
  ]
}

/** `4 up, 0 down, 1 job`. */
export function servicesText(services: DrawnStatus['services']): string {
  const running = services.filter(({ role, state }) => role === 'service' && state === 'running')
  const down = services.filter(({ role, state }) => role === 'service' && state !== 'running')
  const jobs = services.filter(({ role }) => role === 'job')
  return [
    `${count(running.length)} up, ${count(down.length)} down`,
    ...(jobs.length === 0 ? [] : [counted(jobs.length, 'job')]),
  ].join(', ')
}

function backupText(
  { backup, backupKnown }: DrawnStatus['targets'][number],
  canvas: Canvas,
): string {
  if (!backupKnown) return 'not known'
  if (!backup) return 'none that is good'
  const places = backup.copies.filter(({ state }) => state === 'ok').map(({ to }) => to)
  return [
    relative(new Date(backup.takenAt), canvas.now),
    backup.trust,
    places.length === 0 ? 'no copy elsewhere' : `also at ${places.map(visible).join(', ')}`,
  ].join(', ')
}

/** With its server alone, and with the machine, where that is not the same. */
function lossTexts(
  { rpo, hostRpo }: DrawnStatus['targets'][number],
  objectiveSeconds: number,
): readonly string[] {
  const isSame =
    rpo.known === hostRpo.known &&
    rpo.seconds === hostRpo.seconds &&
    rpo.operations === hostRpo.operations
  const objective = `(objective ${inUnit(objectiveSeconds)})`
  if (isSame) return [`${oneLoss(rpo)} ${objective}`]
  return [`with its server: ${oneLoss(rpo)} ${objective}`, `with this machine: ${oneLoss(hostRpo)}`]
}

function oneLoss({ known, seconds, operations, isMinimum }: DrawnLoss): string {
  if (!known) return 'not known'
  if (seconds === null) return 'everything'
  if (operations === 0 && !isMinimum) return 'nothing: no write since'
  const least = isMinimum ? 'more than ' : ''
  const writes =
    operations === null ? 'writes not counted' : `${least}${counted(operations, 'operation')}`
  return `${duration(seconds)}, ${writes}`
}

/** What runs next, and who sees to it: `backup in 12 hr (systemd)`. */
export function nextText({ next, scheduler }: DrawnStatus, { now }: Pick<Canvas, 'now'>): string {
  const jobs = next.map(({ job, at }) => `${job} ${relative(new Date(at), now)}`).join(', ')
  return scheduler === null ? jobs : `${jobs} (${scheduler})`
}

/** A bar for each day on which a backup was taken, as high as its file is large. */
function daysText(days: DrawnStatus['targets'][number]['days']): string {
  const largest = Math.max(...days.map(({ bytes: size }) => size))
  const bars = days.map(({ state, bytes: size }) => {
    if (state === 'none') return '·'
    return state === 'bad' ? '✗' : sparkline([size], 0, largest)
  })
  return `${bars.join('')} the last ${days.length.toString()} days`
}

function fillingText(filling: DrawnStatus['disk'][number]['filling']): string {
  if (filling.state === 'filling') return `, full in about ${daysWord(filling.days)}`
  return filling.state === 'unknown' ? '' : ', not full soon'
}

function daysWord(days: number): string {
  return days < 1 ? 'a day' : counted(Math.round(days), 'day')
}
