import { Failure } from './failure.js'

const pattern =
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(-\d+)?(-safety)?$/

/**
 * The id of a backup: target, UTC second, and a number where two fall into the same second. It is also a file name, so
 * nothing but letters, digits, dash and underscore can be in it.
 */
export function backupId(target: string, at: Date, again: number, safety: boolean): string {
  const second = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${target}-${second}Z${again > 0 ? `-${again.toString()}` : ''}${safety ? '-safety' : ''}`
}

/** Whether the text has the shape of an id (and so can be a file name without leaving the shelf). */
export function isBackupId(text: string): boolean {
  return pattern.test(text)
}

/** When a backup was taken (milliseconds since 1970, whole seconds), as its id tells; nothing where it tells none. */
export function momentOf(id: string): number | undefined {
  const [, ...parts] = pattern.exec(id) ?? []
  const [year, month, date, hours, minutes, seconds] = parts.slice(0, 6)
  if (seconds === undefined) return undefined
  const moment = Date.parse(
    `${[year, month, date].join('-')}T${[hours, minutes, seconds].join(':')}Z`,
  )
  return Number.isNaN(moment) ? undefined : moment
}

/** The text as an id. Throws `BACKUP_ID_INVALID` (usage) where it has not the shape of one. */
export function requireBackupId(text: string): string {
  if (isBackupId(text)) return text
  throw new Failure('usage', 'BACKUP_ID_INVALID', `"${text}" is not the id of a backup`, [
    'ops backup list',
  ])
}
