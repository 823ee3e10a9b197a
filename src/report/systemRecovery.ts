import type { SystemRecovery } from '../procedures/dr/system/recoverSystem.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A system that was rebuilt: what is back and what proves it, and what is not. */
export function systemScreen(result: SystemRecovery, canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const { project, folder, from, restored, servers, services, missing } = result
  const { seconds, objectiveSeconds, receipt, next } = result
  const whole = missing.length === 0 && seconds <= objectiveSeconds
  return [
    `${whole ? good('✔') : warning('!')} Rebuilt ${visible(project)} in ${visible(folder)} from ${visible(from)} in ${duration(seconds)}, objective ${duration(objectiveSeconds)}`,
    ...restored.flatMap(({ target, backup, takenAt, collections, replayed }) => [
      `  ${visible(target)}  ${visible(backup)}, taken ${takenAt}${replayed ? `; ${count(replayed.operations)} operations of ${count(replayed.slices)} slices replayed, to ${replayed.to}` : ''}`,
      ...Object.entries(collections ?? {}).map(
        ([name, { documents, expected }]) =>
          `    ${visible(name)}  ${count(documents)} of ${count(expected)} documents`,
      ),
    ]),
    ...servers.map(
      ({ target, version, write }) =>
        `  ${visible(target)}  MongoDB ${version}, primary, ${write === 'durable' ? 'takes writes' : 'writes not tried'}`,
    ),
    ...(services.length > 0 ? [`  Running: ${services.map(visible).join(', ')}`] : []),
    ...missing.flatMap(({ what, name, because, next: ways }) => [
      `${warning('!')} not back: ${what} ${visible(name)}: ${visible(because)}`,
      ...ways.map((line) => `    ${visible(line)}`),
    ]),
    ...(receipt === null ? [] : [`  Record: ${receipt}`]),
    `  Next, in ${visible(folder)}: ${next.join('; ')}`,
  ].join('\n')
}
