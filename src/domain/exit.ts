/**
 * The one table of exit codes. `ops help exit-codes`, `docs/exit-codes.md` and the JSON of errors are made from it.
 * Codes are only ever added; a caller treats an unknown one as failure.
 */
export const exitCodes = {
  ok: { code: 0, meaning: 'the promise was kept' },
  failed: {
    code: 1,
    meaning: 'a step or a wrapped tool failed (an unexpected error too, marked as a bug of ops)',
  },
  usage: {
    code: 2,
    meaning: 'wrong flag or argument, or invalid configuration (file:line:column)',
  },
  partial: {
    code: 3,
    meaning:
      'the main thing is done and good; a secondary one failed (an offsite copy, a notification)',
  },
  degraded: { code: 4, meaning: 'checks: warnings only' },
  failing: {
    code: 5,
    meaning: 'checks: something fails; an objective (RPO, RTO, backup age) is missed',
  },
  refused: { code: 6, meaning: 'not confirmed, or unsafe; nothing was changed' },
  'not-found': {
    code: 10,
    meaning: 'no such backup, target, container; a time that cannot be reached (says which can)',
  },
  locked: { code: 11, meaning: 'another run holds the target (says who, since when)' },
  integrity: {
    code: 12,
    meaning:
      'damaged archive, checksum mismatch, wrong key, restored data not what the manifest says',
  },
  environment: { code: 13, meaning: 'engine, container or tool missing or unreachable' },
  space: { code: 14, meaning: 'not enough disk, found before anything was written' },
  'timed-out': { code: 124, meaning: 'timed out' },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C)' },
  terminated: { code: 143, meaning: 'terminated' },
} as const satisfies Record<string, { code: number; meaning: string }>

/** Kind of an outcome: a key of the table. */
export type ExitKind = keyof typeof exitCodes
