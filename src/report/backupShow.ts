import type { DataFilesFacts } from '../domain/dataFiles.js'
import { paintState, stateWord, type BackupRow } from './backupRow.js'
import type { Canvas } from './canvas.js'
import { bytes, count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { both } from './format/times.js'
import { facts, table } from './table.js'

/** Everything a manifest says that a person may want to know. */
export interface BackupDetails extends BackupRow {
  readonly path: string
  readonly sha256: string
  readonly judgedAt: string
  readonly judgement: string
  readonly engine: string
  readonly consistentAt?: string
  readonly serverVersion: string
  readonly toolVersion: string
  readonly replicaSet?: string
  readonly host: string
  readonly dataFiles?: DataFilesFacts
}

/** One backup: its facts, then its collections. */
export function backupShowScreen(backup: BackupDetails, canvas: Canvas): string {
  const when = (text: string) => both(new Date(text), canvas.now, canvas.timeZone)
  const state = stateWord(backup)
  const { consistentAt, replicaSet } = backup
  const known: (readonly [string, string])[] = [
    ['Taken', `${when(backup.takenAt)}, in ${duration(backup.seconds)}`],
    ...(consistentAt === undefined ? [] : [['Consistent at', when(consistentAt)] as const]),
    ['Judged', `${when(backup.judgedAt)}: ${backup.judgement}`],
    ['Size', `${bytes(backup.bytes)} (${bytes(backup.rawBytes)} before compression)`],
    [
      'Server',
      `MongoDB ${backup.serverVersion}${replicaSet === undefined ? '' : `, replica set ${replicaSet}`}`,
    ],
    ['Tools', `${backup.toolVersion}, engine ${backup.engine}, on ${backup.host}`],
    ...dataFilesFacts(backup),
    ['SHA-256', backup.sha256],
    ['File', backup.path],
  ]
  const rows = Object.entries(backup.collections).map(([name, { documents, bytes: size }]) => [
    name,
    count(documents),
    bytes(size),
  ])
  const columns = [
    { title: 'COLLECTION' },
    { title: 'DOCUMENTS', align: 'right' as const },
    { title: 'DATA', align: 'right' as const },
  ]
  return [
    `${backup.id}  ${paintState(canvas)(state, state)}`,
    facts(known),
    '',
    table(columns, rows, canvas),
  ].join('\n')
}

/** What only a copy of the data files has. */
function dataFilesFacts({ dataFiles }: BackupDetails): readonly (readonly [string, string])[] {
  if (!dataFiles) return []
  const { files, dbPath, lockSeconds, image, featureCompatibilityVersion } = dataFiles
  return [
    ['Data files', `${count(files)} of ${dbPath}; writes waited ${duration(lockSeconds)}`],
    ['Image', `${image}, compatible with MongoDB ${featureCompatibilityVersion}`],
  ]
}
