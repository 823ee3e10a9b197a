import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Failure } from '../../domain/failure.js'

/** Looking names up as this machine does (its hosts file, its name servers), so that one can tell whether that was what took so long. */
export interface WatchedLookup {
  /** For the options of a connection. */
  readonly lookup: LookupFunction
  /** Throws `NAME_UNRESOLVED` (environment) where names could not be looked up: whoever was to be asked is not at fault. */
  requireResolved(error: unknown): void
}

/**
 * That there is no such name (ENOTFOUND) is an answer. A name server that is silent, or cannot answer now, is none (getaddrinfo(3):
 * EAI_AGAIN, EAI_FAIL …).
 */
export function watchedLookup(resolve: typeof systemLookup = systemLookup): WatchedLookup {
  const waiting = new Set<string>()
  return {
    lookup(host, options, done) {
      waiting.add(host)
      resolve(host, options, (error, ...answer) => {
        waiting.delete(host)
        ;(done as (error: Error | null, ...answer: unknown[]) => void)(error, ...answer)
      })
    },
    requireResolved(error) {
      const [host] = waiting
      if (host !== undefined) throw unresolved(host, 'no name server answered in time')
      const tried: readonly unknown[] = error instanceof AggregateError ? error.errors : []
      for (const each of [...tried, error]) {
        const { code, syscall, hostname } = (each ?? {}) as NodeJS.ErrnoException & {
          hostname?: string
        }
        if (syscall === 'getaddrinfo' && code !== undefined && code !== 'ENOTFOUND')
          throw unresolved(hostname ?? 'the host', `no name server could say (${code})`)
      }
    },
  }
}

function unresolved(host: string, because: string): Failure {
  return new Failure(
    'environment',
    'NAME_UNRESOLVED',
    `the name ${host} could not be looked up: ${because}`,
    [`getent hosts ${host}`, 'cat /etc/resolv.conf'],
  )
}
