import type { Target } from '../domain/target.js'
import type { Config } from './config.js'
import { copySettings } from './copies.js'
import { durationText } from './duration.js'
import { section, shownSecret, type Setting } from './setting.js'

/** Every setting of a configuration, defaults included, in the order of the file. Secrets are shown as references. */
export function settingsOf(config: Config): readonly Setting[] {
  const { backup, pitr, objectives, stack } = config
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
    ...copySettings(backup.copies),
    ...section(['pitr'], { enabled: pitr.enabled, every: durationText(pitr.everySeconds) }),
    ...section(['objectives'], {
      rto: durationText(objectives.rtoSeconds),
      rpo: durationText(objectives.rpoSeconds),
      backupAge: durationText(objectives.backupAgeSeconds),
    }),
  ]
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
