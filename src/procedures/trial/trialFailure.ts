import { Failure } from '../../domain/failure.js'

/** `TRIAL_DIFFERS` (integrity): what came back is not what the backup says. */
export function trialDiffers(id: string, problems: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'TRIAL_DIFFERS',
    `${id} was restored into a scratch server, and what came back is not what it says: ${problems.join('; ')}`,
    ['ops backup', `ops backup verify ${id} --deep`, 'ops backup list'],
    { facts: { id, problems } },
  )
}

/**
 * What a trial ends with where nothing is known of the backup: `TRIAL_CUT_OFF` (environment) where the scratch server did
 * not live to see the end, `TRIAL_RESTORE_FAILED` (failed) where mongorestore gave up. Everything else stays what it is.
 */
export function trialFailure(id: string, cause: unknown, cutOff: string | undefined): unknown {
  const why = cause instanceof Error ? cause.message : String(cause)
  const unsettled = `whether ${id} can be restored is not known, and its trust stays as it was`
  const facts = cause instanceof Failure ? cause.facts : {}
  if (cutOff !== undefined)
    return new Failure(
      'environment',
      'TRIAL_CUT_OFF',
      `the scratch server ended before the trial did: ${cutOff}; ${unsettled}`,
      ['docker system df', 'ops backup test-restore'],
      { cause, facts },
    )
  if (cause instanceof Failure && cause.code === 'RESTORE_FAILED')
    return new Failure(
      'failed',
      'TRIAL_RESTORE_FAILED',
      `mongorestore could not put the backup into the scratch server: ${why}; ${unsettled}`,
      [`ops backup verify ${id} --deep`, 'ops backup test-restore --verbose'],
      { cause, facts },
    )
  return cause
}
