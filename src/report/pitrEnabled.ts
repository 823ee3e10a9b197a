import type { Enabled } from '../procedures/replicaSet/enabling.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A server that is a replica set now: what proves it, and what is left to do by hand. */
export function pitrEnabledScreen(result: Enabled, canvas: Canvas): string {
  const { good } = paint(canvas)
  const { target, replicaSet, changed, member, file, data, server, safetyBackup } = result
  const documents = Object.values(data?.documents ?? {}).reduce((sum, one) => sum + one, 0)
  return [
    changed
      ? `${good('✔')} ${visible(target)} is a replica set of one member in ${duration(result.seconds)}: ${replicaSet}, ${visible(member)}`
      : `${good('✔')} ${visible(target)} is a member of ${visible(replicaSet)} already`,
    ...(server
      ? [
          `  MongoDB ${server.version}, primary, ${server.write === 'durable' ? 'a majority takes writes' : 'writes not tried'}`,
        ]
      : []),
    ...(data ? [`  Data: ${count(documents)} documents, as before`] : []),
    ...(file === null ? [] : [`  File: ${visible(file)}`]),
    ...(safetyBackup === null ? [] : [`  Saved before: ${safetyBackup}`]),
    ...(result.receipt === null
      ? []
      : [`  Record: ${result.receipt}   ("ops undo" takes it back)`]),
    '  Next:',
    ...result.next.map((line) => `    ${visible(line)}`),
  ].join('\n')
}
