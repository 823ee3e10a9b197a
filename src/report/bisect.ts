import type { Bisected, FoundOperation, SeenState } from '../procedures/dr/bisect/bisectFacts.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** What made a query match, or how narrow it is, and what to type. */
export function bisectedScreen(result: Bisected, canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const { operation, namespace, clean, dirty, matching, missing, restore, probes } = result
  const asked = `${count(probes.backups)} backups and ${count(probes.moments)} moments restored, in ${duration(result.seconds)}`
  const head = operation
    ? `${good('✔')} Found: ${visible(operationText(operation))} (${asked})`
    : `${warning('!')} It happened between two states of ${visible(namespace)} (${asked})`
  return [
    head,
    ...(operation
      ? [
          `  When     ${operation.time}, entry ${operation.optime} of the oplog`,
          `  By       ${visible(operation.by ?? 'unknown: the oplog does not say')}`,
          ...(operation.ids.length > 0
            ? [
                `  _id      ${operation.ids.map(visible).join(', ')}${more(operation, matching.dirty)}`,
              ]
            : []),
        ]
      : []),
    `  Clean    ${stateText(clean)}: nothing matches`,
    `  Dirty    ${stateText(dirty)}: ${count(matching.dirty)} match`,
    ...(missing === null ? [] : [`  Missing  ${visible(missing)}`]),
    ...(restore === null ? [] : [`  Put back what was there right before: ${visible(restore)}`]),
  ].join('\n')
}

function operationText({ kinds, namespace, documents, isTransaction }: FoundOperation): string {
  const what = kinds.join(' and ')
  const size = documents === 0 ? '' : `, documents: ${count(documents)}`
  return `${what} on ${namespace}${isTransaction ? ', in a transaction' : ''}${size}`
}

function more({ ids }: FoundOperation, matching: number): string {
  return matching > ids.length ? ' …' : ''
}

function stateText({ backup, optime, time }: SeenState): string {
  if (backup !== undefined) return `${visible(backup)} (${time})`
  return optime === undefined ? `now (${time})` : `${time}, after entry ${optime}`
}
