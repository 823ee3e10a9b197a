import { judgeHealth, type Health } from '../checks/health/judge.js'
import type { HealthFound } from './health.js'

/** Where evidence comes from that was not seen just now, nor perhaps here. */
interface SavedOrigin {
  readonly file: string
  /** Whose evidence it is. */
  readonly stack: string
  /** When it was seen, RFC 3339 UTC, and how many seconds ago that is. */
  readonly at: string
  readonly ageSeconds: number
  /** The versions of ops that saved it, and that judges it. */
  readonly savedBy: string
  readonly judgedBy: string
  /** What ids of the checks begin with that were looked at alone; empty where all were. */
  readonly wanted: readonly string[]
}

/** Health as it is shown: of saved evidence with where that comes from. */
export interface ShownHealth extends Health {
  readonly from?: SavedOrigin
}

/** Saved evidence, judged. */
export interface SavedFound extends HealthFound {
  readonly health: ShownHealth
}

/**
 * Judges evidence that was saved elsewhere; looks at nothing here. What nobody looked at then is not called good now. Throws what
 * loading it throws, `CHECK_UNKNOWN` (usage).
 */
export async function judgeSaved(
  file: string,
  asked: readonly string[],
  { now, version }: { readonly now: Date; readonly version: string },
): Promise<SavedFound> {
  const { loadEvidence } = await import('./healthFile.js')
  const { evidence, savedBy } = await loadEvidence(file)
  const { at, stack, wanted = [] } = evidence
  const ageSeconds = Math.round((now.getTime() - Date.parse(at)) / 1000)
  const from = { file, stack, at, ageSeconds, savedBy, judgedBy: version, wanted }
  return { evidence, health: { ...judgeHealth(evidence, asked.length > 0 ? asked : wanted), from } }
}
