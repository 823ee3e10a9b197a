import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../../domain/failure.js'

/** Bytes by which a file is told. */
const enough = 200

/**
 * A file that is to be put in place of another of its kind: what is there must be one, or empty, or nothing. Throws
 * `REPORT_UNWRITABLE` (environment) for a device, a folder, and a file that begins in another way: it is somebody else's.
 */
export async function requireOwnFile(path: string, begins: RegExp): Promise<void> {
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  if (!found) return
  if (!found.isFile()) throw notOurs(file, 'what is there is no file')
  if (found.size === 0) return
  const start = await startOf(file).catch(() => undefined)
  if (start === undefined || !begins.test(start))
    throw notOurs(file, 'what is there is something else, and would be lost')
}

async function startOf(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(enough), 0, enough, 0)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await handle.close()
  }
}

function notOurs(file: string, why: string): Failure {
  return new Failure(
    'environment',
    'REPORT_UNWRITABLE',
    `the file is not written: ${file} (${why})`,
    [`ls -ld ${file}`, `head -c 200 ${file}`],
  )
}
