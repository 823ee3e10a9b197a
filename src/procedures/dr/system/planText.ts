import type { Plan } from '../../plan.js'
import { shortTime } from '../../moment/planText.js'
import type { SystemFacts } from './look.js'
import type { Replay } from './replay.js'
import type { SystemRequest } from './request.js'
import { slicesText } from './steps.js'

/** What the operator should know before saying yes. */
export function planFacts(
  facts: SystemFacts,
  { folder, place, found }: SystemRequest,
  objectiveSeconds: number,
): Plan<unknown>['facts'] {
  const { project, files, images, external, archives, servers, others, missing, earlier } = facts
  const { commit } = found.kit.kit
  return [
    ['From', place.where],
    ['Project', project.name],
    ['Folder', folder.path],
    ['Writes', listed(files.write.map(({ name }) => name))],
    ...(files.keep.length > 0 ? [['Keeps', listed(files.keep)] as const] : []),
    ...(commit
      ? [['Was at', `commit ${commit.id}${commit.changed ? ', with changes' : ''}`] as const]
      : []),
    ...images.map(({ name, how, differs }): readonly [string, string] => [
      `Image ${name}`,
      `${imageWords[how]}${differs ? '; it is another one than the old host had' : ''}`,
    ]),
    ['Volumes', listed([...project.volumes.map(({ name }) => name), ...external.networks])],
    ...archives.map(({ target, manifest, replay }): readonly [string, string] => [
      `Data of ${target.name}`,
      earlier?.restored[target.name] === undefined
        ? `${manifest.id}, taken ${manifest.takenAt}, read to its end${replay ? replayed(replay) : ''}`
        : `back since an earlier run (${earlier.restored[target.name] ?? ''}): it is left as it is, unless it is gone`,
    ]),
    ['Starts first', servers.join(', ')],
    ['Starts then', others.join(', ') || 'nothing else'],
    ...missing.map(({ what, name, because }): readonly [string, string] => [
      `Not back: ${what} ${name}`,
      because,
    ]),
    ['Objective', `back within ${(objectiveSeconds / 60).toString()} min`],
  ]
}

/** Slices behind a backup, as the plan says it. */
function replayed(replay: Replay): string {
  const { moment, expected } = replay
  return `, and ${slicesText(replay)}, up to ${shortTime(moment.until)}: ${expected.operations.toString()} operations to replay`
}

const imageWords = {
  present: 'is here',
  kept: 'is loaded from the place',
  build: 'is built by compose, from the files of the kit',
  pull: 'is asked for at its registry',
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing'
  const shown = names.slice(0, 40)
  const more = names.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more.toString()} more` : '')
}
