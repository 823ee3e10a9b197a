import { jobsOf, type ScheduledBackup } from '../domain/schedule.js'
import type { Target } from '../domain/target.js'
import type { Config } from './config.js'
import { checkSettings } from './checks/settings.js'
import { copySettings } from './copies.js'
import { durationText } from './duration.js'
import { symptomSettings } from './symptoms.js'
import { section, shownSecret, type Setting } from './setting.js'

/** Every setting of a configuration, defaults included, in the order of the file. Secrets are shown as references. */
export function settingsOf(config: Config): readonly Setting[] {
  const { backup, pitr, objectives, stack, schedule, deadman, log } = config
  return [
    { path: ['version'], value: config.version },
    { path: ['name'], value: config.name },
    { path: ['timeZone'], value: config.timeZone },
    ...(stack === undefined
      ? []
      : section(['stack'], {
          compose: stack.composeFiles,
          project: stack.project,
          job: stack.job,
        })),
    ...Object.values(config.targets).flatMap(targetSettings),
    { path: ['backup', 'shelf'], value: backup.shelf },
    ...retentionSettings(backup),
    ...section(['backup', 'compression'], { ...backup.compression }),
    ...section(['backup', 'encryption'], {
      recipients: backup.encryption.recipients,
      identities: backup.encryption.identities.map(shownSecret),
    }),
    ...copySettings(backup.copies),
    ...section(['backup', 'kit'], { images: backup.keepImages ? 'keep' : 'name' }),
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
    ...section(['log'], { ...log }),
    ...checkSettings(config.checks),
    ...symptomSettings(config.symptoms),
  ]
}

/** Without the section nothing is removed, so that there is nothing to show. */
function retentionSettings({ retention, trashSeconds }: Config['backup']): readonly Setting[] {
  if (!retention) return []
  const { keepWithinSeconds, ...counts } = retention
  return section(['backup', 'retention'], {
    keepWithin: durationText(keepWithinSeconds),
    ...counts,
    trash: durationText(trashSeconds),
  })
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
    ...(target.tls === undefined ? [] : section([...path, 'tls'], { ...target.tls })),
    ...section(path, {
      writers: target.writers,
      expectations: { ...target.expectations },
      engine: target.engine,
    }),
  ]
}
