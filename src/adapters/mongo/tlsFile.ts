import { readFile } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'
import type { Tls } from '../../domain/target.js'

/** The text of a file for TLS. Throws `TLS_FILE_UNREADABLE` (environment). */
export async function readTlsFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(
      'environment',
      'TLS_FILE_UNREADABLE',
      `${path}, which is needed to speak to the server, cannot be read`,
      [`ls -l ${path}`, 'ops config show'],
      { cause: error },
    )
  }
}

/** Throws what `readTlsFile` throws for each file that is named: the driver's own words would be those of a bug. */
export async function requireTlsFiles(tls: Tls | undefined): Promise<void> {
  for (const path of [tls?.ca, tls?.certificate]) if (path !== undefined) await readTlsFile(path)
}
