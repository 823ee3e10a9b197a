import type { ServiceSeen } from './evidence.js'

/** What is left by a program that ended without an error, or was told to: by whom, an exit code does not say. */
const toldToEnd: ReadonlySet<number> = new Set([0, 137, 143])

/** Policies by which the engine starts again whatever ends by itself: what is down all the same was stopped by somebody. */
const startsAgain: ReadonlySet<string> = new Set(['always', 'unless-stopped'])

/**
 * Whether somebody may have stopped, paused or removed a service on purpose: only somebody pauses or removes a container, and one that
 * was stopped cannot always be told from one that ended. What the engine says it killed, or could not start, is nobody's wish.
 */
export function perhapsMeant({
  facts,
  declared,
}: Pick<ServiceSeen, 'facts' | 'declared'>): boolean {
  if (!facts || facts.state === 'paused') return true
  if (facts.error !== undefined || facts.oomKilled) return false
  if (facts.state !== 'exited') return false
  return toldToEnd.has(facts.exitCode) || startsAgain.has(declared?.restart ?? '')
}
