import type { Manifest } from './manifest.js'

/** A manifest without the parts that only a restore reads: what lists, checks and retention look at. */
export interface BackupBrief extends Omit<Manifest, 'collections' | 'compression' | 'oplog'> {
  readonly collections: Readonly<
    Record<string, { readonly documents: number; readonly bytes: number }>
  >
}

/** Every field of a brief, in the order in which it is shown. A field that a manifest has besides them is left out. */
const fields = [
  'schema',
  'id',
  'sequence',
  'target',
  'purpose',
  'takenAt',
  'finishedAt',
  'seconds',
  'file',
  'bytes',
  'rawBytes',
  'sha256',
  'trust',
  'judgedAt',
  'judgement',
  'engine',
  'exitCode',
  'wholeInstance',
  'databases',
  'encrypted',
  'serverVersion',
  'toolVersion',
  'host',
  'opsVersion',
  'consistentAt',
  'content',
  'dataFiles',
  'recipients',
  'tested',
  'kit',
  'copies',
  'replicaSet',
] as const satisfies readonly (keyof BackupBrief)[]

/** Nothing. Fails to compile while the list lacks a field. */
type Missing = Exclude<keyof BackupBrief, (typeof fields)[number] | 'collections'>
const missing: [Missing] extends [never] ? readonly never[] : never = []

/** The brief of a manifest. */
export function briefOf(manifest: Manifest): BackupBrief {
  const found = [...fields, ...missing].filter((name) => manifest[name] !== undefined)
  return {
    ...(Object.fromEntries(found.map((name) => [name, manifest[name]])) as Omit<
      BackupBrief,
      'collections'
    >),
    collections: Object.fromEntries(
      Object.entries(manifest.collections).map(([name, { documents, bytes }]) => [
        name,
        { documents, bytes },
      ]),
    ),
  }
}

/** Documents of all collections of a backup. */
export function documentsIn({ collections }: Pick<BackupBrief, 'collections'>): number {
  return Object.values(collections).reduce((sum, { documents }) => sum + documents, 0)
}
