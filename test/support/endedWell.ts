import { expect } from 'vitest'
import type { Ended, Place } from './cli.js'
import { nothingHalfWritten } from './copiedPlace.js'
import type { Hurt } from './faultPoints.js'

/** Killed, or ended with one of these codes and with a reason that is no bug, and nothing is left half written. */
export async function endedWell(
  { exitCode, stdout }: Ended,
  { place, point, hurt }: { readonly place: Place; readonly point: string; readonly hurt: Hurt },
  codes: readonly number[],
): Promise<void> {
  if (hurt === 'kill9') {
    expect(exitCode).toBe(137)
    return
  }
  if (!point.startsWith('remove')) await nothingHalfWritten(place)
  expect(codes, stdout).toContain(exitCode)
  const answer = JSON.parse(stdout) as { error?: { code: string } }
  expect(answer.error?.code, stdout).not.toBe('BUG')
}
