import type { DataFilesFacts } from '../domain/dataFiles.js'
import type { KitFile } from '../domain/kit.js'
import type { RestoreTest } from '../domain/restoreTest.js'
import { paintState, stateWord, type JudgedRow } from './backupRow.js'
import type { Canvas } from './canvas.js'
import { bytes, count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { both } from './format/times.js'
import { visible } from './format/visible.js'
import { facts, table } from './table.js'

/** Everything a manifest says that a person may want to know. */
export interface BackupDetails extends JudgedRow {
  readonly path: string
  readonly sha256: string
  /** Public keys that the file is encrypted to; absent where it is in clear. */
  readonly recipients?: readonly string[]
  readonly judgedAt: string
  readonly judgement: string
  readonly engine: string
  readonly consistentAt?: string
  readonly serverVersion: string
  readonly toolVersion: string
  readonly replicaSet?: string
  readonly host: string
  readonly kit?: KitFile
  readonly tested?: RestoreTest
  readonly dataFiles?: DataFilesFacts
}

/** One backup: its facts, then its collections. */
export function backupShowScreen(backup: BackupDetails, canvas: Canvas): string {
  const when = (text: string) => both(new Date(text), canvas.now, canvas.timeZone)
  const state = stateWord(backup)
  const { consistentAt, replicaSet, recipients = [], kit, tested } = backup
  const known: (readonly [string, string])[] = [
    ['Taken', `${when(backup.takenAt)}, in ${duration(backup.seconds)}`],
    ...(consistentAt === undefined ? [] : [['Consistent at', when(consistentAt)] as const]),
    ['Judged', `${when(backup.judgedAt)}: ${backup.judgement}`],
    ...backup.retention.reasons.map(
      ({ says }) => [backup.retention.keep ? 'Kept' : 'Goes next', says] as const,
    ),
    ['Size', `${bytes(backup.bytes)} (${bytes(backup.rawBytes)} before compression)`],
    [
      'Server',
      `MongoDB ${backup.serverVersion}${replicaSet === undefined ? '' : `, replica set ${replicaSet}`}`,
    ],
    ['Tools', `${backup.toolVersion}, engine ${backup.engine}, on ${backup.host}`],
    ...recipients.map((key, at) => [at === 0 ? 'Encrypted to' : '', key] as const),
    ...dataFilesFacts(backup),
    ['SHA-256', backup.sha256],
    ['File', backup.path],
    ...backup.copies.map(({ to, state, at, because }, index): [string, string] => [
      index === 0 ? 'Copies' : '',
      `${to} ${state}, ${when(at)}${because === undefined ? '' : `: ${because}`}`,
    ]),
    ...(tested === undefined
      ? []
      : [['Restored', `for a trial ${when(tested.at)}, in ${duration(tested.seconds)}`] as const]),
    ...(kit === undefined
      ? []
      : [
          ['Kit', `${kit.file}: ${kit.holds.map(visible).join(', ')}`] as const,
          ...(kit.leftOut.length === 0
            ? []
            : [['Not in it', kit.leftOut.map(visible).join('; ')] as const]),
        ]),
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
