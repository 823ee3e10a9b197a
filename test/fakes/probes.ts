import type { CheckKind } from '../../src/domain/declared/check.js'
import type { FactsOf } from '../../src/domain/declared/facts.js'
import type { ProbeOf } from '../../src/domain/declared/probe.js'
import type { Probes } from '../../src/ports/probes.js'

/** A world in which all is well. */
export const wellFacts: FactsOf = {
  http: { answered: true, status: 200, milliseconds: 12, redirects: false },
  tcp: { answered: true, milliseconds: 3 },
  exec: { exitCode: 0 },
  log: { lines: 40, matching: 1 },
  freshness: { found: 3, newest: '2026-11-21T13:00:00.000Z', unseen: 0 },
  certificate: {
    answered: true,
    from: '2026-01-01T00:00:00.000Z',
    until: '2027-11-21T00:00:00.000Z',
    of: 'its own',
    named: true,
  },
  disk: { totalBytes: 1e12, freeBytes: 6e11, usedPercent: 40, usedFilesPercent: 3 },
  systemd: { load: 'loaded', active: 'active', sub: 'running', result: 'success' },
  query: { count: 12, exists: true },
  data: {
    findings: [
      {
        id: 'medical_records.visits.documents',
        namespace: 'medical_records.visits',
        severity: 'ok',
        says: '12 documents',
        because: '',
        next: [],
      },
    ],
  },
}

/** Answers that are given instead, by kind: facts, what is thrown, or nothing at all until the signal is aborted. */
export type FakeAnswers = {
  readonly [Kind in CheckKind]?:
    | FactsOf[Kind]
    | Error
    | 'hangs'
    | ((probe: ProbeOf[Kind], signal: AbortSignal) => Promise<FactsOf[Kind]>)
}

/** Probes of a world in memory. */
export function fakeProbes(answers: FakeAnswers = {}): Probes {
  const probe =
    <Kind extends CheckKind>(kind: Kind) =>
    async (asked: ProbeOf[Kind], signal: AbortSignal): Promise<FactsOf[Kind]> => {
      signal.throwIfAborted()
      const answer = answers[kind] ?? wellFacts[kind]
      if (answer === 'hangs') return until(signal)
      if (answer instanceof Error) throw answer
      return typeof answer === 'function' ? answer(asked, signal) : (answer as FactsOf[Kind])
    }
  return {
    http: probe('http'),
    tcp: probe('tcp'),
    exec: probe('exec'),
    log: probe('log'),
    freshness: probe('freshness'),
    certificate: probe('certificate'),
    disk: probe('disk'),
    systemd: probe('systemd'),
    query: probe('query'),
    data: probe('data'),
  }
}

/** Ends with the signal's reason, and not before. */
export function until(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })
}
