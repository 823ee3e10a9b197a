import type { ContainerRecovery } from '../procedures/dr/container.js'
import type { Canvas } from './canvas.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** Containers that were brought back: what was wrong with each, and what proves that it is well. */
export function containersScreen(result: ContainerRecovery, canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const { troubles, well, servers, seconds, objectiveSeconds } = result
  const within = seconds <= objectiveSeconds
  const time = `${duration(seconds)}, objective ${duration(objectiveSeconds)}`
  const names = [...new Set(troubles.map(({ service }) => service))].join(', ')
  const head =
    troubles.length === 0
      ? `${good('✔')} Every service of ${visible(result.project)} is well`
      : `${within ? good('✔') : warning('!')} Brought back ${visible(names)} in ${time}`
  return [
    head,
    ...troubles.flatMap(({ service, kind, because, evidence }) => [
      `  ${visible(service)}  ${kind}: ${visible(because)}`,
      ...(evidence === null ? [] : [`    its log: ${visible(evidence)}`]),
    ]),
    ...(troubles.length > 0 && well.length > 0 ? [`  well before: ${well.join(', ')}`] : []),
    ...servers.map(
      ({ target, version, primary, write, databases }) =>
        `  ${visible(target)}  MongoDB ${version}, ${primary ? 'primary' : 'secondary'}, ${write === 'durable' ? 'takes writes' : 'writes not tried'}; ${databases.map(visible).join(', ') || 'no database'}`,
    ),
  ].join('\n')
}
