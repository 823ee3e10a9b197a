import type { Finding } from '../../domain/finding.js'

/** All is as it should be. */
export function fine(id: string, says: string, because = '', value?: unknown): Finding {
  return { id, severity: 'ok', says, because, next: [], ...(value === undefined ? {} : { value }) }
}

/** Something to see to, but the job can be done. */
export function doubtful(
  id: string,
  says: string,
  because: string,
  next: readonly string[],
  value?: unknown,
): Finding {
  return { id, severity: 'warn', says, because, next, ...(value === undefined ? {} : { value }) }
}

/** The job cannot be done like this. */
export function broken(
  id: string,
  says: string,
  because: string,
  next: readonly string[],
  value?: unknown,
): Finding {
  return { id, severity: 'fail', says, because, next, ...(value === undefined ? {} : { value }) }
}
