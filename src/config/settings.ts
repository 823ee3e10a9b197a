import { jobsOf, type ScheduledBackup } from '../domain/schedule.js'
import type { SecretReference } from '../domain/secret.js'
import type { Target } from '../domain/target.js'
import type { Config } from './config.js'
import { durationText } from './duration.js'
import type { Path } from './problem.js'

/** One setting as `ops config show` prints it: its path in the file, and its value in the file's own terms. */
export interface Setting {
  readonly path: Path
  readonly value: unknown
}

/** Every setting of a configuration, defaults included, in the order of the file. Secrets are shown as references. */
export function settingsOf(config: Config): readonly Setting[] {
  const { backup, pitr, objectives, stack, schedule, deadman } = config
  const { keepWithinSeconds, ...counts } = backup.retention
  return [
    { path: ['version'], value: config.version },
    { path: ['name'], value: config.name },
    ...(stack === undefined
      ? []
      : section(['stack'], {
          compose: stack.composeFiles,
          project: stack.project,
          job: stack.job,
        })),
    ...Object.values(config.targets).flatMap(targetSettings),
    { path: ['backup', 'shelf'], value: backup.shelf },
    ...section(['backup', 'retention'], { keepWithin: durationText(keepWithinSeconds), ...counts }),
    ...section(['backup', 'compression'], { ...backup.compression }),
    ...section(['pitr'], { enabled: pitr.enabled, every: durationText(pitr.everySeconds) }),
    ...section(['objectives'], {
      rto: durationText(objectives.rtoSeconds),
      rpo: durationText(objectives.rpoSeconds),
      backupAge: durationText(objectives.backupAgeSeconds),
    }),
    ...jobsOf(schedule).flatMap(jobSettings),
    ...(deadman === undefined
      ? []
      : [{ path: ['notify', 'deadman', 'url'], value: shownSecret(deadman) }]),
  ]
}

function jobSettings(job: ReturnType<typeof jobsOf>[number]): readonly Setting[] {
  const { name, cron, randomDelaySeconds, ...more }: typeof job & Partial<ScheduledBackup> = job
  const { target, retries, lockWaitSeconds } = more
  return section(['schedule', name], {
    cron,
    randomDelay: durationText(randomDelaySeconds),
    target,
    retries,
    lockWait: lockWaitSeconds === undefined ? undefined : durationText(lockWaitSeconds),
  })
}

function targetSettings(target: Target): readonly Setting[] {
  const path = ['targets', target.name]
  const { place, credentials } = target
  return [
    ...section(path, {
      service: place.kind === 'service' ? place.service : undefined,
      container: place.kind === 'container' ? place.container : undefined,
      uri: place.kind === 'server' ? shownSecret(place.uri) : undefined,
      databases: target.databases,
    }),
    ...(credentials === undefined
      ? []
      : section([...path, 'credentials'], {
          username: shownSecret(credentials.username),
          password: shownSecret(credentials.password),
          authSource: credentials.authSource,
        })),
    ...section(path, {
      writers: target.writers,
      expectations: { ...target.expectations },
      engine: target.engine,
    }),
  ]
}

/** Text filled in from the environment shows as `[secret]`; its origin names the variable. */
function shownSecret(reference: SecretReference): unknown {
  switch (reference.from) {
    case 'value':
      return '[secret]'
    case 'file':
      return { file: reference.path }
    case 'command':
      return { command: reference.command }
    case 'compose':
      return { compose: `${reference.service}.${reference.variable}` }
  }
}

function section(path: Path, values: Readonly<Record<string, unknown>>): readonly Setting[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ path: [...path, key], value }],
  )
}
