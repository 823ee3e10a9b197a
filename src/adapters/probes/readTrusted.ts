import { Failure } from '../../domain/failure.js'
import { readBounded } from './readBounded.js'

/** The text of a file of certificates that are trusted. Throws `CERTIFICATE_UNREADABLE` (environment). */
export async function readTrusted(path: string): Promise<string> {
  const text = await readBounded(path).catch((error: unknown) => {
    throw unreadable(path, error instanceof Error ? error.message : 'unknown reason')
  })
  // Without one, Node would trust nobody and say so of the server.
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw unreadable(path, 'no certificate is in it')
  return text
}

/** Throws `CERTIFICATE_UNREADABLE` (environment) for a file. */
export function unreadable(path: string, because: string): Failure {
  return new Failure(
    'environment',
    'CERTIFICATE_UNREADABLE',
    `the certificate ${path} cannot be read: ${because}`,
    [`ls -l ${path}`, 'ops config show'],
  )
}
