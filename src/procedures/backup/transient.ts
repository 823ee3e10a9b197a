import type { Failure } from '../../domain/failure.js'

/**
 * Failures that may be gone a minute later although nobody did anything: the server starts or elects a primary, the
 * engine restarts, a container comes up again, a stream stood still. A dump is tried again whatever ended mongodump,
 * because a connection lost half-way shows as nothing else; it changed nothing.
 */
const transientCodes: ReadonlySet<string> = new Set([
  'MONGO_UNREACHABLE',
  'NOT_PRIMARY',
  'ENGINE_UNREACHABLE',
  'CONTAINER_STOPPED',
  'EXIT_CODE_UNKNOWN',
  'DUMP_FAILED',
  'STREAM_STALLED',
])

/**
 * What is to be done about a failed try: again after a pause, again as soon as the target is free, or nothing (damage,
 * no room, a wrong password: the next try would meet it too). What is done and good but for something secondary is
 * never done twice.
 */
export function remedyFor(failure: Pick<Failure, 'kind' | 'code'>): 'again' | 'when free' | 'none' {
  if (failure.kind === 'partial') return 'none'
  if (failure.code === 'TARGET_LOCKED') return 'when free'
  return transientCodes.has(failure.code) ? 'again' : 'none'
}

/** Milliseconds before try number `next` (2 for the second): half a minute, then twice as long each time, up to ten minutes. */
export function pauseBefore(next: number): number {
  return Math.min(30_000 * 2 ** (next - 2), 600_000)
}
