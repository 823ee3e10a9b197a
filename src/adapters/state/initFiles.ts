import { constants } from 'node:fs'
import { copyFile, open, rm } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { Failure } from '../../domain/failure.js'

/**
 * Writes a new configuration file (mode 0644: it holds references, no secrets). False where there is one already: it is
 * not touched. Throws `CONFIG_UNWRITABLE` (environment).
 */
export async function createConfigFile(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o644).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') return undefined
    throw unwritable(path, error)
  })
  if (file === undefined) return false
  try {
    await file.writeFile(text)
    await file.sync()
    return true
  } catch (error) {
    await rm(path, { force: true })
    throw unwritable(path, error)
  } finally {
    await file.close()
  }
}

/**
 * Replaces a configuration file, whole or not at all, and keeps what was there. Answers with the path of the old one.
 * Throws `CONFIG_UNWRITABLE` (environment).
 */
export async function replaceConfigFile(path: string, text: string, at: Date): Promise<string> {
  const second = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const kept = `${path}.before-${second}Z`
  try {
    await copyFile(path, kept, constants.COPYFILE_EXCL)
    await writeFileAtomic(path, text)
    return kept
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, error: unknown): Failure {
  return new Failure(
    'environment',
    'CONFIG_UNWRITABLE',
    `cannot write ${path} (${codeOf(error)})`,
    [`ls -ld ${path}`, 'ops init --config FILE'],
    { cause: error },
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
