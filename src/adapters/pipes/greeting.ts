import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnEnding } from '../../ports/ownContainers.js'
import type { PipeReader } from './pipeReader.js'

/** Someone on the other side of a pipe who is to say a word first. */
export interface Awaited {
  readonly reader: PipeReader
  /** ASCII. */
  readonly greeting: string
  /** Once its process has left. */
  readonly ended: Promise<OwnEnding>
  /** Milliseconds that it gets. */
  readonly patience: number
}

/**
 * Waits for the word that proves where a pipe leads: what follows it is the writer's. Otherwise how the writer left, or that
 * nothing came in time. Throws the signal's reason.
 */
export async function greetingFrom(
  { reader, greeting, ended, patience }: Awaited,
  signal: AbortSignal,
): Promise<'greeted' | 'late' | OwnEnding> {
  const over = new AbortController()
  const waiting = AbortSignal.any([over.signal, signal])
  try {
    const first = reader.first(greeting.length)
    const late = sleep(patience, 'late' as const, { signal: waiting })
    const way = await Promise.race([first, ended, late.catch(() => 'late' as const)])
    signal.throwIfAborted()
    if (way === 'late') return 'late'
    if (Buffer.isBuffer(way) && way.toString() === greeting) return 'greeted'
    const ending = await ended
    // It may have greeted, and left at once.
    const left = ending.exitCode === 0 && (await first).toString() === greeting
    return left ? 'greeted' : ending
  } finally {
    over.abort()
  }
}
