import type { HealthFinding } from '../../domain/health.js'
import type { Looked } from '../doctor/evidence.js'

/**
 * Findings from outside the built-in checks. Whoever adds checks hands in one of these; what they find is kept with the rest of
 * the evidence, damped by the same history, and shown beside the built-in ones.
 */
export interface FindingSource {
  /** What the ids of its findings begin with, up to the first colon. */
  readonly name: string
  /** Seconds that it may take. */
  readonly seconds: number
  /**
   * Looks and judges. What it works at must end when the signal is aborted. Of several looks one that is slow harms no other where
   * they end before: `left` tells the seconds that the run has for looking.
   */
  find(signal: AbortSignal, left?: () => number): Promise<readonly HealthFinding[]>
  /** Resolves when what it began has ended, also where nobody waits for its findings any more. Never throws. */
  ended?(): Promise<void>
}

/** What a source found, or why it found nothing. */
export interface SourceFound {
  readonly name: string
  readonly found: Looked<readonly HealthFinding[]>
}
