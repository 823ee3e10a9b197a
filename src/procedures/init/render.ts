import type { Draft } from './draft.js'
import { renderTarget } from './renderTarget.js'
import { comment, flowList, scalar } from './scalar.js'

/** The text of `ops.yaml`: every section, with a comment that says what it is for and how its values were found. */
export function render(draft: Draft): string {
  return [
    head,
    'version: 1',
    `name: ${scalar(draft.name)}`,
    '',
    ...stack(draft.stack),
    '# The database servers that ops looks after, by the names you type.',
    'targets:',
    ...draft.targets.flatMap((target) => [...renderTarget(target), '']),
    ...backup(draft.shelf),
    ...pitr(draft),
    tail,
  ].join('\n')
}

const head = `# Written by ops init; yours to change. "ops config check" says what is wrong with it and where, "ops config show" where
# each value comes from. An unknown key is an error. Secrets are referred to and never stand here: \${NAME} is the
# environment, {file: …} a file of mode 0600, {command: […]} what a program prints, {compose: SERVICE.VARIABLE} what
# the compose file sets.`

function stack(stack: Draft['stack']): readonly string[] {
  if (stack === undefined) {
    return [
      '# No compose file was found. With one, ops can stop what writes before a restore, and start it again:',
      '# stack: {compose: [docker-compose.yml], project: NAME}',
      '',
    ]
  }
  const others = stack.jobs.filter((job) => job !== stack.job)
  return [
    '# The compose project around the servers. job: the service that runs the pipeline once and ends (ops pipeline run).',
    ...(others.length > 0 ? [comment(`It could also be ${others.join(', ')}.`)] : []),
    'stack:',
    `  compose: ${flowList(stack.compose)}`,
    `  project: ${scalar(stack.project)}`,
    stack.job === undefined ? '  # job: SERVICE' : `  job: ${scalar(stack.job)}`,
    '',
  ]
}

function backup(shelf: string): readonly string[] {
  return [
    'backup:',
    '  # Where backups lie, best on another disk than the data. Never inside the repository: they hold the data in clear.',
    `  shelf: ${scalar(shelf)}`,
    '  # level 1 is the fastest, 9 the smallest. workers: threads that compress; not more than there are cores.',
    '  compression: {level: 3, workers: 2}',
    '',
  ]
}

function pitr({ targets }: Draft): readonly string[] {
  const standalone = targets.filter((target) => target.replicaSet === undefined)
  const sets = targets.flatMap((target) => target.replicaSet ?? [])
  return [
    '# Dumps of the whole instance with its oplog, which only a replica set has: every collection as it was at one moment.',
    comment(
      standalone.length === 0
        ? `On: found the replica set ${sets.join(', ')}.`
        : `Off: ${standalone.map(({ name }) => name).join(', ')} shows no sign of being a replica set (--replSet).`,
    ),
    `pitr: {enabled: ${standalone.length === 0 ? 'true' : 'false'}}`,
    '',
  ]
}

const tail = `# How old the newest good backup may be: a daily one, and two hours for it to run late.
objectives: {backupAge: 26h}

# Checks beside the built-in ones. This version has none but those.
checks: []
`
