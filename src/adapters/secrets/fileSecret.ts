import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'
import type { Secret } from '../../domain/secret.js'
import { singleLine, unavailable, type TakeSecret } from './singleLine.js'

/** No password is longer; a log file named by mistake is. */
const largestBytes = 64 * 1024

/**
 * The secret in a file. Throws `SECRET_EXPOSED` (refused) where anyone but the owner has any right on it,
 * `SECRET_UNAVAILABLE` (usage) where it cannot be had.
 */
export async function secretFromFile(path: string, take: TakeSecret = singleLine): Promise<Secret> {
  // Not blocking: a named pipe that nobody writes to would otherwise hold ops up for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw cannotRead(path, error)
    },
  )
  try {
    return take(await contents(file, path), `the secret file ${path}`)
  } finally {
    await file.close()
  }
}

/** Looks at the open file, not at the path: nobody can exchange it in between. */
async function contents(file: FileHandle, path: string): Promise<string> {
  const about = await file.stat()
  if (!about.isFile()) throw unavailable(`the secret file ${path} is not a file`)
  // Windows has no such modes: there everything looks readable by all.
  if (process.platform !== 'win32' && (about.mode & 0o077) !== 0) throw exposed(path, about.mode)
  if (about.size > largestBytes) throw unavailable(`the secret file ${path} is larger than 64 KiB`)
  return file.readFile('utf8')
}

function exposed(path: string, mode: number): Failure {
  const octal = (mode & 0o777).toString(8).padStart(4, '0')
  return new Failure(
    'refused',
    'SECRET_EXPOSED',
    `the secret file ${path} is open to others (mode ${octal})`,
    [`chmod 600 ${path}`],
  )
}

function cannotRead(path: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return unavailable(`there is no secret file ${path}`, [], error)
  return unavailable(`cannot read the secret file ${path} (${code ?? 'unknown reason'})`, [], error)
}
