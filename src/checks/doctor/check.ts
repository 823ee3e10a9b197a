import { Failure } from '../../domain/failure.js'
import type { Finding } from '../../domain/finding.js'
import type { Clock } from '../../ports/clock.js'

/** One question about this machine: evidence is collected, then judged by a pure function. */
export interface Check {
  readonly id: string
  /** What it wants to know, for the finding when it could not look. */
  readonly asks: string
  run(): Promise<readonly Finding[]>
}

/** A check from its two halves. */
export function check<Evidence>(parts: {
  readonly id: string
  readonly asks: string
  look(): Promise<Evidence>
  judge(evidence: Evidence): readonly Finding[]
}): Check {
  const { id, asks } = parts
  return { id, asks, run: async () => parts.judge(await parts.look()) }
}

/** How the checks are run. */
export interface Examination {
  readonly clock: Clock
  /** What one check may take. */
  readonly deadlineSeconds: number
  readonly signal: AbortSignal
}

/**
 * Runs all checks side by side. One that throws, or does not answer in time, is a finding `unknown` of its own and harms
 * no other. The order of the findings is the order of the checks. Throws the signal's reason only.
 */
export async function examine(
  checks: readonly Check[],
  { clock, deadlineSeconds, signal }: Examination,
): Promise<readonly Finding[]> {
  const through = new AbortController()
  const late = (id: string, asks: string) =>
    clock
      .sleep(deadlineSeconds * 1000, AbortSignal.any([signal, through.signal]))
      .then(() => [unknown(id, asks, `no answer within ${deadlineSeconds.toString()} s`, [])])
  try {
    const found = await Promise.all(
      checks.map((one) => {
        const { id, asks } = one
        const looked = one.run().catch((error: unknown) => [couldNotLook(id, asks, error)])
        return Promise.race([looked, late(id, asks)])
      }),
    )
    return found.flat()
  } finally {
    through.abort(new Error('every check has answered'))
  }
}

function couldNotLook(id: string, asks: string, error: unknown): Finding {
  const next = error instanceof Failure ? error.next : []
  return unknown(id, asks, error instanceof Error ? error.message : String(error), next)
}

function unknown(id: string, asks: string, because: string, next: readonly string[]): Finding {
  return { id, severity: 'unknown', says: `could not see ${asks}`, because, next }
}
