import type { OwnEnding } from '../../ports/ownContainers.js'

/** What is known while a container's greeting is waited for. */
export interface Awaited {
  /** The greeting as it was given to the container. */
  readonly greeting: string
  /** The first bytes that come from it: as many as the greeting has, fewer where they end before. */
  readonly first: Promise<Buffer>
  /** Once its process has left. */
  readonly ended: Promise<OwnEnding>
  /** Milliseconds that it gets. */
  readonly patience: number
}

/**
 * Waits for the word by which a container proves that a pipe leads from it to us, or from us to it. Otherwise how it left, or
 * that nothing came in time. Throws the signal's reason.
 */
export async function greetingFrom(
  { greeting, first, ended, patience }: Awaited,
  signal: AbortSignal,
): Promise<'greeted' | 'late' | OwnEnding> {
  const over = new AbortController()
  const late = new Promise<'late'>((resolve) => {
    const timer = setTimeout(() => {
      resolve('late')
    }, patience)
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
    })
  })
  const given = new Promise<'given up'>((resolve) => {
    const tell = () => {
      resolve('given up')
    }
    signal.addEventListener('abort', tell, { signal: over.signal })
    if (signal.aborted) tell()
  })
  try {
    // A stream that broke before it said enough said nothing.
    const said = first.then(String, () => '')
    const way = await Promise.race([said, ended, late, given])
    signal.throwIfAborted()
    if (way === greeting) return 'greeted'
    if (way === 'late') return way
    const ending = await Promise.race([ended, late, given])
    signal.throwIfAborted()
    if (typeof ending === 'string') return 'late'
    // It may have greeted, and left at once.
    const last = ending.exitCode === 0 ? await Promise.race([said, late, given]) : ''
    signal.throwIfAborted()
    return last === greeting ? 'greeted' : ending
  } finally {
    over.abort()
  }
}
