/** What is in the file of a backup: a mongodump archive, or a copy of the server's data files as a tar. */
export type BackupContent = 'archive' | 'dataFiles'

/** What the file of a backup is: it decides the ending of its name. */
export interface BackupForm {
  readonly content: BackupContent
  readonly encrypted: boolean
}

/** A mongodump archive in clear: what every backup is where nothing else was asked for. */
export const plainArchive: BackupForm = { content: 'archive', encrypted: false }

/** Every form a backup can have. */
export const backupForms: readonly BackupForm[] = [
  plainArchive,
  { content: 'archive', encrypted: true },
  { content: 'dataFiles', encrypted: false },
  { content: 'dataFiles', encrypted: true },
]

/** The ending of a file of that form, dot included. Outside in: `.age` is opened first, then gzip, then what it holds. */
function fileEnding({ content, encrypted }: BackupForm): string {
  const kind = content === 'archive' ? '.archive.gz' : '.datafiles.tar.gz'
  return encrypted ? `${kind}.age` : kind
}

/** Name of the file of a backup, beside its manifest. */
export function fileOf(id: string, form: BackupForm): string {
  return `${id}${fileEnding(form)}`
}

/** The id and the form that the name of a backup's file tells; nothing for any other name. */
export function backupFile(
  name: string,
): { readonly id: string; readonly form: BackupForm } | undefined {
  const form = backupForms.find((each) => name.endsWith(fileEnding(each)))
  return form && { id: name.slice(0, -fileEnding(form).length), form }
}

/** The form that a manifest tells. A manifest older than the word `content` is that of an archive. */
export function formOf(manifest: {
  readonly content?: BackupContent
  readonly encrypted: boolean
}): BackupForm {
  return { content: manifest.content ?? 'archive', encrypted: manifest.encrypted }
}

/**
 * The archives of a list; where there are none, what is there. How old the newest is, and how long a restore of it takes, is
 * asked of archives: a copy of the data files taken by hand must not hide that they stopped.
 */
export function archivesFirst<Entry extends { readonly manifest: Parameters<typeof formOf>[0] }>(
  entries: readonly Entry[],
): readonly Entry[] {
  const archives = entries.filter(({ manifest }) => formOf(manifest).content === 'archive')
  return archives.length > 0 ? archives : entries
}
