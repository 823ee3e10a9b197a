import { secretFromFile } from '../adapters/secrets/fileSecret.js'
import { Failure } from '../domain/failure.js'
import { Secret } from '../domain/secret.js'

/**
 * Looks at every secret file that a configuration names, as whoever needs the secret will. Throws `SECRET_EXPOSED`
 * (refused) for one that others may read. That one is not there is no fault of the configuration: it may be for another
 * machine.
 */
export async function requirePrivateSecrets(config: object): Promise<void> {
  for (const path of new Set(secretFiles(config))) {
    await secretFromFile(path, () => new Secret('')).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'SECRET_UNAVAILABLE') return
      throw error
    })
  }
}

/** Paths of the references to files, wherever in the configuration they stand. */
function secretFiles(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return []
  const { from, path } = part as Readonly<Record<string, unknown>>
  if (from === 'file' && typeof path === 'string') return [path]
  return Object.values(part).flatMap((value) => secretFiles(value))
}
