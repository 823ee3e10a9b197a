import type { Finding } from '../../domain/finding.js'
import type { FolderFacts } from '../../ports/machine.js'
import type { BackupSeen, CatalogFacts, Looked, TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine, refused } from './finding.js'
import { judgeFolder } from './folder.js'
import { seen } from './look.js'
import { quoted } from '../../domain/quoted.js'
import { counted, size, span } from './words.js'

/** Can backups be put on the shelf, and are they nobody else's? */
export function judgeShelf(target: string, shelf: Looked<FolderFacts>): Finding {
  return judgeFolder(`${target}.shelf`, 'the shelf', shelf, ['ops config show'])
}

/** Is there room for the next backup, by the rule that the backup itself goes by? */
export function judgeSpace({ name, freeBytes, nextBackup, shelf }: TargetEvidence): Finding {
  const id = `${name}.space`
  if (freeBytes.state !== 'seen') return blind(id, 'the room on the shelf', freeBytes)
  if (nextBackup.state !== 'seen') return blind(id, 'how much the next backup takes', nextBackup)
  const { neededBytes, guessedFrom } = nextBackup.facts
  const free = freeBytes.facts
  const says = `${size(free)} free on the shelf, the next backup needs about ${size(neededBytes)}`
  const because = `guessed from ${guessedFrom}`
  const value = { freeBytes: free, neededBytes }
  const path = seen(shelf)?.path
  const next = [path === undefined ? 'df -h' : `df -h ${quoted(path)}`, 'ops backup list']
  if (free < neededBytes) return broken(id, { says, because, next, value })
  if (free < 2 * neededBytes)
    return doubtful(id, {
      says,
      because: `${because}; a restore saves what is there first, and needs room for that too`,
      next,
      value,
    })
  return fine(id, says, because, value)
}

/** Are the databases there that `ops.yaml` wants backed up? */
export function judgeDatabases({
  name,
  nextBackup,
  connection,
}: Pick<TargetEvidence, 'name' | 'nextBackup' | 'connection'>): Finding {
  const id = `${name}.databases`
  if (nextBackup.state === 'refused' && nextBackup.code === 'DATABASE_MISSING')
    return refused(id, 'a database that should be backed up is not there', nextBackup)
  if (nextBackup.state !== 'seen') return blind(id, 'the databases', nextBackup)
  const { databases } = nextBackup.facts
  if (!databases)
    return blind(
      id,
      'the databases',
      connection.state === 'seen'
        ? { state: 'unseen', because: 'the server did not say which it has' }
        : connection,
    )
  if (databases.length > 0) return fine(id, `backed up: ${databases.join(', ')}`)
  return doubtful(id, {
    says: 'the server holds no database',
    because: 'a backup would be empty',
    next: ['ops config show', 'ops restore latest'],
  })
}

/**
 * Would one broken disk take the data and its backups? Only what a bind mount on this machine shows can be judged; where
 * that is not to be seen there is no finding.
 */
export function judgeDisk(
  target: string,
  shelf: Looked<FolderFacts>,
  dataDevices: Looked<readonly number[]>,
): readonly Finding[] {
  const id = `${target}.disk`
  const { path, device } = seen(shelf) ?? {}
  const devices = seen(dataDevices) ?? []
  if (path === undefined || device === undefined || devices.length === 0) return []
  if (!devices.includes(device))
    return [fine(id, 'the shelf and the data lie on different file systems')]
  return [
    doubtful(id, {
      says: 'the shelf and the data lie on the same file system',
      because: `if its disk breaks, both are gone; ${path} should lie on another one`,
      next: [`df ${quoted(path)}`, 'backup.shelf in ops.yaml, or OPS_SHELF'],
    }),
  ]
}

/** Is there a backup to fall back on, young enough for what was promised? */
export function judgeNewestBackup(
  {
    name,
    catalog,
    backupAgeSeconds,
  }: Pick<TargetEvidence, 'name' | 'catalog' | 'backupAgeSeconds'>,
  at: string,
): Finding {
  const id = `${name}.backup`
  if (catalog.state !== 'seen') return blind(id, 'the backups', catalog, ['ops backup list'])
  const { count, newest, newestGood } = catalog.facts
  const next = [`ops backup --target ${name}`]
  if (!newest) return broken(id, { says: 'there is no backup', next })
  if (!newestGood)
    return broken(id, {
      says: `none of ${counted(count, 'backup')} can be relied on`,
      because: `the newest, ${newest.id}, is ${stateOf(newest)}`,
      next: [`ops backup verify --all`, ...next],
    })
  const seconds = (Date.parse(at) - Date.parse(newestGood.takenAt)) / 1000
  const value = { id: newestGood.id, ageSeconds: Math.round(seconds), trust: newestGood.trust }
  const promised = `objectives.backupAge promises ${span(backupAgeSeconds)}`
  const taken = `${newestGood.id}, taken ${newestGood.takenAt}`
  if (seconds < -60)
    return doubtful(id, {
      says: `the newest good backup was taken ${span(-seconds)} in the future`,
      because: `${taken}: this machine's clock was set back, or was ahead then`,
      next: ['timedatectl status'],
      value,
    })
  const says = `the newest good backup is ${span(seconds)} old`
  if (seconds > backupAgeSeconds)
    return broken(id, { says, because: `${taken}; ${promised}`, next, value })
  if (newest.id !== newestGood.id)
    return doubtful(id, {
      says: `${says}; the one after it is ${stateOf(newest)}`,
      because: `${newest.id}, taken ${newest.takenAt}`,
      next: [`ops backup verify ${newest.id}`, ...next],
      value,
    })
  return fine(id, `${says} and ${newestGood.trust}`, `${taken}; ${promised}`, value)
}

/** Can everything on the shelf be told for what it is? */
export function judgeManifests(target: string, catalog: Looked<CatalogFacts>): Finding {
  const id = `${target}.manifests`
  if (catalog.state !== 'seen') return blind(id, 'the manifests', catalog, ['ops backup list'])
  const { unreadable, count } = catalog.facts
  if (unreadable.length === 0) return fine(id, `every manifest can be read (${count.toString()})`)
  return doubtful(id, {
    says: `${counted(unreadable.length, 'manifest')} cannot be read, so the backup beside it is not listed`,
    because: unreadable.map(({ file, reason }) => `${file}: ${reason}`).join('\n'),
    next: unreadable.map(
      ({ file }) => `ops backup verify ${quoted(file.replace(/\.json$/, '.archive.gz'))}`,
    ),
  })
}

function stateOf({ present, trust }: BackupSeen): string {
  return present ? trust : 'missing'
}
