import type { BroughtBack, CorruptionRecovery } from '../procedures/dr/corruption/recovery.js'
import type { Canvas } from './canvas.js'
import { bytes } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** What became of a database that was, or may be, damaged: what was found, what is back, and what proves it. */
export function corruptionScreen(
  result: CorruptionRecovery & { readonly nextBase: string | null },
  canvas: Canvas,
): string {
  const { good, warning } = paint(canvas)
  const { target, damages, notes, back, seconds, objectiveSeconds, receipt, nextBase } = result
  const found = damages.flatMap(({ where, what, evidence }) => [
    `  ${visible(where)}: ${visible(what)}`,
    ...(evidence === null ? [] : [`    ${visible(evidence)}`]),
  ])
  if (!back)
    return [
      `${good('✔')} No damage was found in ${visible(target)} (${duration(seconds)})`,
      '  read: its log, every collection to its end, data and indexes by the server itself',
      ...notes.map((note) => `  ${visible(note)}`),
    ].join('\n')
  const within = seconds <= objectiveSeconds
  return [
    `${within ? good('✔') : warning('!')} Brought ${visible(target)} back in ${duration(seconds)}, objective ${duration(objectiveSeconds)}`,
    ...found,
    ...backLines(back),
    ...(receipt === null
      ? []
      : [`  receipt  ${receipt}; "ops undo ${receipt}" puts the damaged files in place again`]),
    ...(nextBase === null ? [] : [`  next base  ${nextBase}`]),
  ].join('\n')
}

function backLines({
  id,
  way,
  asOf,
  collections,
  users,
  server,
  kept,
  downSeconds,
  jobsStopped,
}: BroughtBack): readonly string[] {
  const documents = Object.values(collections).reduce((sum, one) => sum + one.documents, 0)
  return [
    `  from     ${id}${way === 'moment' ? ' and the slices behind it' : way === 'data files' ? ', data files' : ''}, as of ${asOf}`,
    `  counted  ${documents.toString()} documents in ${Object.keys(collections).length.toString()} collections`,
    ...(users ? [`  users    ${users.users.toString()}`] : []),
    `  server   MongoDB ${server.version}, ${server.primary ? 'primary' : 'secondary'}, ${server.write === 'durable' ? 'takes writes' : 'writes not tried'}; it was down for ${duration(downSeconds)}`,
    `  kept     the damaged files: ${kept.files.toString()} of ${bytes(kept.bytes)} in ${kept.folder} on ${visible(kept.volume)}; "ops restore --forget-old" removes them`,
    ...(jobsStopped.length === 0
      ? []
      : [`  stopped  ${jobsStopped.join(', ')}: not started again`]),
  ]
}
