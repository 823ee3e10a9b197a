import type { Drill } from '../domain/drill.js'
import { comparedText, writesOf, type DrillShown, type DrillSummary } from './drill.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'

/** A report of drills as Markdown, to be handed in. `stack` is the name in the configuration. */
export function drillMarkdown({ drills }: DrillSummary, stack: string): string {
  const [first] = drills
  const when = first?.startedAt.replace('T', ' ').slice(0, 16) ?? ''
  return [
    `# Disaster-recovery drill of ${cell(stack)}`,
    '',
    `${when} UTC, target ${cell(first?.target ?? '')}, on an isolated clone; ops ${first?.opsVersion ?? ''} on ${cell(first?.host ?? '')}.`,
    '',
    '| scenario | result | RTO | objective | guide | RPO | objective | writes lost | drill before |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...drills.map(row),
    '',
    ...drills.flatMap(section),
  ].join('\n')
}

function row(drill: DrillShown): string {
  const { scenario, objectives, guideSeconds, previous } = drill
  const measured = (seconds: number | null) => (seconds === null ? '-' : duration(seconds))
  const lost =
    drill.lostOperations === null
      ? '-'
      : `${drill.lostOperations.toString()} of ${writesOf(drill).toString()}`
  return `| ${[
    scenario,
    resultText(drill),
    measured(drill.rtoSeconds),
    duration(objectives.rtoSeconds),
    duration(guideSeconds),
    measured(drill.rpoSeconds),
    duration(objectives.rpoSeconds),
    lost,
    previous ? comparedText(previous) : 'none',
  ].join(' | ')} |`
}

function resultText({ outcome, missed }: Drill): string {
  if (outcome === 'failed') return '**recovery failed**'
  return outcome === 'kept' ? 'kept' : `**missed: ${missed.join(', ').toUpperCase()}**`
}

function section(drill: DrillShown): readonly string[] {
  const { scenario, strikes, backup, rawBytes, fillSeconds, error, proof, startedAt } = drill
  return [
    `## ${scenario}`,
    '',
    `- Began ${startedAt}, ended ${drill.finishedAt}.`,
    `- Data: ${cell(backup ?? 'no backup')}, ${rawBytes.toString()} bytes uncompressed${fillSeconds === null ? '' : `, restored in ${duration(fillSeconds)}`}.`,
    ...strikes.map(
      ({ what, rtoSeconds, rpoSeconds, operations, lostOperations }) =>
        `- ${cell(what)}: back and proved after ${duration(rtoSeconds)}; ${lostOperations.toString()} of ${operations.toString()} confirmed writes lost (${duration(rpoSeconds)}).`,
    ),
    ...(proof === undefined || error ? [] : [`- Proof: ${proof}.`]),
    ...(error ? [`- **Failed**: ${cell(error.message)} (\`${error.code}\`)`] : []),
    '',
  ]
}

/** Text from outside: nothing in it may become part of the table. */
function cell(text: string): string {
  return visible(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
}
