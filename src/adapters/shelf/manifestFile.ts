import { readFile } from 'node:fs/promises'
import { backupFile, formOf, type BackupForm } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import { trustLevels } from '../../domain/trust.js'
import type { ReadManifest } from '../../ports/shelf.js'
import { isMissing } from '../disk/durable.js'

/** Reads a manifest with the id its name promises. One that cannot be read is reported, never trusted, never deleted. */
export async function readManifest(path: string, id: string): Promise<ReadManifest> {
  try {
    return parseManifest(await readFile(path, 'utf8'), id)
  } catch (error) {
    return { reason: String(error) }
  }
}

/** The same; nothing where no file is there. */
export async function readManifestBeside(
  path: string,
  id: string,
): Promise<ReadManifest | undefined> {
  try {
    return parseManifest(await readFile(path, 'utf8'), id)
  } catch (error) {
    return isMissing(error) ? undefined : { reason: String(error) }
  }
}

/** The manifest in a text, where it is that of this id. */
export function parseManifest(text: string, id: string): ReadManifest {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { reason: 'it is not JSON' }
  }
  const reason = whyNot(parsed, id)
  return reason === undefined ? { manifest: parsed as Manifest } : { reason }
}

const texts = [
  'target',
  'takenAt',
  'finishedAt',
  'file',
  'sha256',
  'purpose',
  'serverVersion',
] as const
const numbers = ['bytes', 'rawBytes', 'seconds'] as const

function whyNot(parsed: unknown, id: string): string | undefined {
  if (typeof parsed !== 'object' || parsed === null) return 'it is no object'
  const fields = parsed as Record<string, unknown>
  if (fields['schema'] !== 1)
    return `its schema is ${JSON.stringify(fields['schema'])}, this version of ops reads 1`
  if (fields['id'] !== id) return `it is the manifest of ${JSON.stringify(fields['id'])}`
  if (!trustLevels.some((level) => level === fields['trust'])) return 'it has no trust'
  const lacking =
    texts.find((name) => typeof fields[name] !== 'string') ??
    numbers.find((name) => !Number.isFinite(fields[name])) ??
    (typeof fields['collections'] === 'object' && fields['collections'] !== null
      ? undefined
      : 'collections')
  if (lacking !== undefined) return `it has no ${lacking}`
  if (fields['sequence'] !== undefined && !Number.isSafeInteger(fields['sequence']))
    return 'its sequence is no number'
  const file = backupFile(String(fields['file']))
  if (file?.id !== id) return 'it names a file of another backup'
  if (!sameForm(file.form, formOf(parsed as Manifest)))
    return 'its file has the name of another kind of backup'
  return undefined
}

function sameForm(one: BackupForm, other: BackupForm): boolean {
  return one.content === other.content && one.encrypted === other.encrypted
}
